/* A page in C. Build it in the folder of the example site, then ask for /hello-c.fcgi:
 *   gcc -O2 -o hello-c.fcgi source/hello.c -lfcgi          (libfcgi-dev)
 */
#include <fcgi_stdio.h>
#include <unistd.h>

int main(void) {
    int served = 0;
    while (FCGI_Accept() >= 0) {
        printf("Content-Type: text/html; charset=utf-8\r\n\r\n");
        printf("<!DOCTYPE html><html lang=\"en\"><title>C</title><h1>Hello from C</h1>");
        printf("<p>Process %d has served %d requests.</p></html>\n", (int) getpid(), ++served);
    }
    return 0;
}
