/* SPDX-License-Identifier: Apache-2.0 */
/* A FastCGI client and nothing else: one kept connection to each worker's socket, one epoll loop, no HTTP. What it
 * reaches is the upper bound for any server in front of the same workers.
 *
 * Usage: rawclient SECONDS CLIENTS BODY QUERY SCRIPT SOCKET...
 * CLIENTS requests are outstanding all the time; those for which no worker is free wait in line, and their latency
 * includes that. BODY > 0 makes it a POST of that many bytes. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, MAX_WORKERS = 1024, MAX_CLIENTS = 4096 };

struct worker {
    int fd, busy, writing, used; /* used: this connection has answered before */
    size_t sent;              /* of the request */
    unsigned char header[8];  /* of the record being read */
    int have;                 /* bytes of that header */
    size_t left;              /* bytes of content and padding still to skip */
    int type;
    unsigned char end[8];     /* content of END_REQUEST */
    int endHave;
    int seen;                 /* bytes of the response's beginning in `first` */
    char first[16];
    uint64_t began;
    const char *path;
};

static unsigned char *request;
static size_t requestLength, requestSize;
static struct worker workers[MAX_WORKERS];
static int workerCount, poller;
static uint64_t line[MAX_CLIENTS]; /* when each waiting client asked */
static int lineHead, lineLength;
static uint32_t *latencies;
static size_t done, latencySize, statusErrors, readErrors, connectErrors;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void add(const void *data, size_t n) {
    if (requestLength + n > requestSize) {
        requestSize = (requestLength + n) * 2;
        request = realloc(request, requestSize);
        if (!request) abort();
    }
    memcpy(request + requestLength, data, n);
    requestLength += n;
}

static void record(int type, const void *content, int n) {
    unsigned char pad = (unsigned char) (-n & 7), zero[8] = {0};
    unsigned char header[8] = {1, (unsigned char) type, 0, 1, (unsigned char) (n >> 8), (unsigned char) n, pad, 0};
    add(header, 8);
    add(content, n);
    add(zero, pad);
}

static unsigned char params[4096];
static int paramsLength;

static void param(const char *name, const char *value) {
    size_t n = strlen(name), v = strlen(value);
    if (n > 127 || paramsLength + n + v + 5 > sizeof params) {
        fprintf(stderr, "parameter too long: %s\n", name);
        exit(2);
    }
    params[paramsLength++] = (unsigned char) n;
    if (v < 128) {
        params[paramsLength++] = (unsigned char) v;
    } else {
        unsigned char four[4] = {0x80, 0, (unsigned char) (v >> 8), (unsigned char) v};
        memcpy(params + paramsLength, four, 4);
        paramsLength += 4;
    }
    memcpy(params + paramsLength, name, n);
    memcpy(params + paramsLength + n, value, v);
    paramsLength += n + v;
}

static void buildRequest(size_t body, const char *query, const char *script) {
    unsigned char begin[8] = {0, 1, 1, 0, 0, 0, 0, 0}; /* responder, keep the connection */
    char length[32], uri[256];
    const char *slash = strrchr(script, '/');
    const char *name = slash ? slash : script;
    snprintf(length, sizeof length, "%zu", body);
    snprintf(uri, sizeof uri, "%s%s%s", name, *query ? "?" : "", query);
    /* what web servers send for such a request */
    param("GATEWAY_INTERFACE", "CGI/1.1");
    param("SERVER_SOFTWARE", "rawclient");
    param("SERVER_PROTOCOL", "HTTP/1.1");
    param("SERVER_NAME", "127.0.0.1");
    param("SERVER_ADDR", "127.0.0.1");
    param("SERVER_PORT", "8080");
    param("REMOTE_ADDR", "127.0.0.1");
    param("REMOTE_PORT", "40000");
    param("REQUEST_METHOD", body ? "POST" : "GET");
    param("REQUEST_SCHEME", "http");
    param("REQUEST_URI", uri);
    param("SCRIPT_NAME", name);
    param("SCRIPT_FILENAME", script);
    param("DOCUMENT_ROOT", "/");
    param("QUERY_STRING", query);
    param("HTTP_HOST", "127.0.0.1:8080");
    param("REDIRECT_STATUS", "200");
    param("PATH", "/usr/local/bin:/usr/bin:/bin");
    if (body) {
        param("CONTENT_LENGTH", length);
        param("CONTENT_TYPE", "application/octet-stream");
    }
    record(BEGIN, begin, 8);
    record(PARAMS, params, paramsLength);
    record(PARAMS, "", 0);
    static unsigned char chunk[65528];
    memset(chunk, 'x', sizeof chunk);
    while (body > 0) {
        int n = body < sizeof chunk ? (int) body : (int) sizeof chunk;
        record(STDIN, chunk, n);
        body -= n;
    }
    record(STDIN, "", 0);
}

static void watch(struct worker *w, int op) {
    struct epoll_event e = {.events = EPOLLIN | (w->writing ? EPOLLOUT : 0), .data.ptr = w};
    epoll_ctl(poller, op, w->fd, &e);
}

static int dial(struct worker *w) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(w->path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, w->path);
    w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (w->fd < 0 || connect(w->fd, (struct sockaddr *) &address, sizeof address) < 0) return -1;
    w->writing = w->used = 0;
    watch(w, EPOLL_CTL_ADD);
    return 0;
}

static void writeSome(struct worker *w) {
    while (w->sent < requestLength) {
        ssize_t n = send(w->fd, request + w->sent, requestLength - w->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) break; /* full: wait; broken: reading tells */
        w->sent += n;
    }
    int writing = w->sent < requestLength;
    if (writing != w->writing) {
        w->writing = writing;
        watch(w, EPOLL_CTL_MOD);
    }
}

static void start(struct worker *w) {
    w->began = line[lineHead];
    lineHead = (lineHead + 1) % MAX_CLIENTS;
    lineLength--;
    w->busy = 1;
    w->sent = 0;
    w->have = w->endHave = w->seen = 0;
    w->left = 0;
    writeSome(w);
}

static void ask(uint64_t when) {
    line[(lineHead + lineLength) % MAX_CLIENTS] = when;
    lineLength++;
}

/* One request is over, well or badly; its client asks again, and the worker takes who waits longest. */
static void finish(struct worker *w, int ok) {
    uint64_t t = now();
    if (ok) {
        if (done == latencySize) {
            latencySize = latencySize ? latencySize * 2 : 1 << 16;
            latencies = realloc(latencies, latencySize * sizeof *latencies);
            if (!latencies) abort();
        }
        latencies[done++] = (uint32_t) (t - w->began);
    }
    w->busy = 0;
    ask(t);
    start(w);
}

static void broken(struct worker *w) {
    /* libfcgi closes a kept connection when the program left STDIN unread: that request was answered, this one is not
     * begun, and goes out again on a new connection. Any other end is an error. */
    int again = w->used && w->seen == 0 && w->have == 0;
    close(w->fd);
    readErrors += !again;
    if (readErrors > 1000 || dial(w) < 0) {
        connectErrors++;
        fprintf(stderr, "worker lost: %s\n", w->path);
        exit(3);
    }
    if (again) {
        w->sent = 0;
        writeSome(w);
    } else if (w->busy) {
        finish(w, 0);
    }
}

static void readSome(struct worker *w) {
    static unsigned char buffer[262144];
    ssize_t n = recv(w->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        broken(w);
        return;
    }
    for (ssize_t at = 0; at < n;) {
        if (w->have < 8) {
            w->header[w->have++] = buffer[at++];
            if (w->have < 8) continue;
            w->type = w->header[1];
            w->left = ((size_t) w->header[4] << 8 | w->header[5]) + w->header[6];
        } else {
            size_t take = (size_t) (n - at) < w->left ? (size_t) (n - at) : w->left;
            if (w->type == STDOUT)
                for (size_t i = 0; i < take && w->seen < (int) sizeof w->first; i++)
                    w->first[w->seen++] = (char) buffer[at + i];
            if (w->type == END)
                for (size_t i = 0; i < take && w->endHave < 8; i++) w->end[w->endHave++] = buffer[at + i];
            at += take;
            w->left -= take;
        }
        if (w->have == 8 && w->left == 0) {
            w->have = 0;
            if (w->type == END) {
                int bad = w->end[4] != 0 || w->seen == 0
                        || (w->seen >= 9 && strncmp(w->first, "Status: ", 8) == 0 && w->first[8] != '2');
                statusErrors += bad;
                if (w->sent < requestLength) { /* answered before all was read: this connection is of no more use */
                    close(w->fd);
                    if (dial(w) < 0) exit(3);
                } else {
                    w->used = 1;
                }
                finish(w, 1);
                return; /* nothing can follow */
            }
        }
    }
}

static int byValue(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;
    return x < y ? -1 : x > y;
}

static double at(double percent) {
    if (!done) return 0;
    size_t i = (size_t) (done * percent / 100);
    return latencies[i < done ? i : done - 1];
}

int main(int argc, char **argv) {
    if (argc < 7 || argc - 6 > MAX_WORKERS) {
        fprintf(stderr, "usage: rawclient SECONDS CLIENTS BODY QUERY SCRIPT SOCKET...\n");
        return 2;
    }
    double seconds = atof(argv[1]);
    int clients = atoi(argv[2]);
    if (clients < 1 || clients >= MAX_CLIENTS) return 2;
    buildRequest((size_t) atol(argv[3]), argv[4], argv[5]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    workerCount = argc - 6;
    if (workerCount > clients) workerCount = clients;
    for (int i = 0; i < workerCount; i++) {
        workers[i].path = argv[6 + i];
        if (dial(&workers[i]) < 0) {
            perror(argv[6 + i]);
            return 3;
        }
    }
    uint64_t began = now(), until = began + (uint64_t) (seconds * 1e6), t = began;
    for (int i = 0; i < clients; i++) ask(began);
    for (int i = 0; i < workerCount; i++) start(&workers[i]);
    while (t < until) {
        struct epoll_event events[MAX_WORKERS];
        int n = epoll_wait(poller, events, MAX_WORKERS, (int) ((until - t) / 1000) + 1);
        for (int i = 0; i < n; i++) {
            struct worker *w = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) writeSome(w);
            if (events[i].events & ~EPOLLOUT) readSome(w);
        }
        t = now();
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    if (done) qsort(latencies, done, sizeof *latencies, byValue);
    printf("RESULT {\"requests\": %zu, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f, \"status\": %zu, "
           "\"connect\": %zu, \"read\": %zu, \"write\": 0, \"timeout\": 0, \"cpu\": %.6f, \"rss_kib\": %ld}\n",
           done, (t - began) / 1e6, at(50), at(99), done ? (double) latencies[done - 1] : 0, statusErrors, connectErrors,
           readErrors, cpu, used.ru_maxrss);
    return 0;
}
