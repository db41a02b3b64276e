/* A Modbus TCP server for benches: epoll, one thread, every register of every unit is its own address.
 * server PORT [DELAY_MS]: with a delay each reply leaves that long after its request, requests overlapping. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 4096
#define WAITING 65536

struct connection { int used; unsigned char in[4096]; };
struct reply { double at; int fd; int size; unsigned char bytes[260]; };

static struct connection connections[CONNECTIONS];
static struct reply waiting[WAITING];
static unsigned first, last;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static int answer(const unsigned char *in, unsigned char *out) {
    int address = in[8] << 8 | in[9], count = in[10] << 8 | in[11];
    if (count < 1 || count > 125) return 0;
    memcpy(out, in, 8);
    out[4] = (3 + 2 * count) >> 8;
    out[5] = 3 + 2 * count;
    out[8] = 2 * count;
    for (int i = 0; i < count; i++) {
        out[9 + 2 * i] = (address + i) >> 8;
        out[10 + 2 * i] = address + i;
    }
    return 9 + 2 * count;
}

static void hear(int fd, double delay) {
    struct connection *c = &connections[fd];
    int n = read(fd, c->in + c->used, sizeof c->in - c->used), at = 0;
    if (n <= 0) { close(fd); c->used = 0; return; }
    unsigned char out[8192];
    int size = 0;
    for (c->used += n; c->used - at >= 12; at += 12) {
        if (delay > 0) {
            struct reply *r = &waiting[last++ % WAITING];
            r->at = now() + delay; r->fd = fd; r->size = answer(c->in + at, r->bytes);
        } else if (size < 7900) size += answer(c->in + at, out + size);
    }
    memmove(c->in, c->in + at, c->used -= at);
    if (size && write(fd, out, size) != size) { close(fd); c->used = 0; }
}

int main(int argc, char **argv) {
    double delay = argc > 2 ? atof(argv[2]) / 1e3 : 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, poller = epoll_create1(0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&to, sizeof to) || listen(listener, 1024)) { perror("listen"); return 1; }
    struct epoll_event e = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(poller, events, 512, first != last ? 1 : -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd != listener) { hear(events[i].data.fd, delay); continue; }
            int fd = accept(listener, 0, 0);
            if (fd < 0 || fd >= CONNECTIONS) { close(fd); continue; }
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            e.events = EPOLLIN; e.data.fd = fd;
            epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
        }
        for (double t = now(); first != last && waiting[first % WAITING].at <= t; first++) {
            struct reply *r = &waiting[first % WAITING];
            if (r->size && write(r->fd, r->bytes, r->size) < 0 && errno == EBADF) continue;
        }
    }
}
