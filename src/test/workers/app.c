/* The test application in C with libfcgi. It has no SHA-256 at hand: op=sum answers the length and a simple sum. */
#include <fcgi_stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    int served = 0;
    while (FCGI_Accept() >= 0) {
        const char *query = getenv("QUERY_STRING");
        const char *op = query && strncmp(query, "op=", 3) == 0 ? query + 3 : "pid";
        const char *number = query ? strstr(query, "n=") : NULL;
        long n = number ? atol(number + 2) : 0;
        served++;
        printf("Content-Type: text/plain\r\n");
        if (strncmp(op, "cookies", 7) == 0) printf("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
        printf("\r\n");
        if (strncmp(op, "early", 5) == 0) { /* answers before it reads */
            for (long i = 0; i < 2000000; i++) putchar('x');
            FCGI_fflush(FCGI_stdout);
        }
        if (strncmp(op, "sum", 3) == 0 || strncmp(op, "early", 5) == 0) {
            unsigned long sum = 0, length = 0;
            int c;
            while ((c = getchar()) != EOF) { sum = sum * 31 + (unsigned char) c; length++; }
            printf("%lu %lu", length, sum);
        } else if (strncmp(op, "large", 5) == 0) {
            for (long i = 0; i < n; i++) putchar('x');
        } else if (strncmp(op, "cookies", 7) == 0) {
            printf("%s", getenv("HTTP_COOKIE") ? getenv("HTTP_COOKIE") : "");
        } else if (strncmp(op, "path", 4) == 0) {
            printf("%s", getenv("PATH_INFO") ? getenv("PATH_INFO") : "");
        } else {
            if (strncmp(op, "sleep", 5) == 0) usleep(n * 1000);
            printf("%d %d", (int) getpid(), served);
        }
    }
    return 0;
}
