/* Threads that share a lock around their accept, as the threaded example of the FastCGI developer's kit has it. */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t accepting = PTHREAD_MUTEX_INITIALIZER;

static void *serve(void *unused) {
    FCGX_Request request;
    FCGX_InitRequest(&request, 0, 0);
    for (;;) {
        pthread_mutex_lock(&accepting);
        int failed = FCGX_Accept_r(&request);
        pthread_mutex_unlock(&accepting);
        if (failed < 0) return unused;
        const char *query = FCGX_GetParam("QUERY_STRING", request.envp);
        if (query && strncmp(query, "op=sleep&n=", 11) == 0) usleep(atol(query + 11) * 1000);
        FCGX_FPrintF(request.out, "Content-Type: text/plain\r\n\r\n%d", (int) getpid());
        FCGX_Finish_r(&request);
    }
}

int main(void) {
    pthread_t other;
    FCGX_Init();
    for (int i = 0; i < 3; i++) pthread_create(&other, NULL, serve, NULL);
    serve(NULL);
    return 0;
}
