/*
 * Reads COPY streams into nothing: what is left of the time when nobody does anything with the
 * rows.
 *
 *   drain [--raw] CONNECTIONS <STATEMENTS
 *
 * One COPY ... TO STDOUT a line. Each connection takes the next line when it is done with one. The
 * server is that of libpq's environment. Prints "ROWS BYTES".
 *
 * Without --raw every row goes through PQgetCopyData, as in any program that uses libpq. With --raw
 * the socket is read in large pieces and only the messages' heads are looked at: nothing that reads
 * this stream can be faster.
 */
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATEMENTS_MAX = 4096, CONNECTIONS_MAX = 64, HEAD_BYTES = 5, BUFFER_BYTES = 1 << 18 };

static char *statements[STATEMENTS_MAX];
static size_t statement_count;
static atomic_size_t next_statement;
static atomic_ullong rows_read;
static atomic_ullong bytes_read;
static bool raw;

static void fail(const char *what)
{
    (void)fprintf(stderr, "error: drain: %s\n", what);
    exit(1);
}

static void drain_rows(PGconn *connection, const char *statement)
{
    PGresult *result = PQexec(connection, statement);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        fail(PQerrorMessage(connection));
    }
    PQclear(result);
    unsigned long long rows = 0;
    unsigned long long bytes = 0;
    char *row = NULL;
    int length = 0;
    while ((length = PQgetCopyData(connection, &row, 0)) > 0) {
        rows++;
        bytes += (unsigned long long)length;
        PQfreemem(row);
    }
    if (length != -1) {
        fail(PQerrorMessage(connection));
    }
    while ((result = PQgetResult(connection)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            fail(PQerrorMessage(connection));
        }
        PQclear(result);
    }
    atomic_fetch_add(&rows_read, rows);
    atomic_fetch_add(&bytes_read, bytes);
}

/* A simple query is 'Q', its length, and the text with its NUL. */
static void send_query(int socket, const char *statement)
{
    size_t text_bytes = strlen(statement) + 1;
    uint32_t length = (uint32_t)text_bytes + 4;
    char *message = malloc(text_bytes + HEAD_BYTES);
    if (message == NULL) {
        fail("out of memory");
    }
    message[0] = 'Q';
    for (int i = 0; i < 4; i++) {
        message[1 + i] = (char)(length >> (24 - 8 * i));
    }
    memcpy(message + HEAD_BYTES, statement, text_bytes);
    if (write(socket, message, text_bytes + HEAD_BYTES) != (ssize_t)(text_bytes + HEAD_BYTES)) {
        fail("the query could not be sent");
    }
    free(message);
}

/* The stream of messages of one answer: how far the current one has been read. */
typedef struct Messages {
    unsigned char head[HEAD_BYTES];
    size_t head_bytes;
    size_t body_left;
    unsigned long long rows;
    bool last; /* in the message that ends the answer */
} Messages;

static void skip_messages(Messages *messages, const unsigned char *bytes, size_t count)
{
    size_t at = 0;
    while (at < count) {
        size_t available = count - at;
        if (messages->body_left > 0) {
            size_t step = messages->body_left < available ? messages->body_left : available;
            messages->body_left -= step;
            at += step;
            continue;
        }
        messages->head[messages->head_bytes++] = bytes[at++];
        if (messages->head_bytes == HEAD_BYTES) {
            const unsigned char *head = messages->head;
            messages->body_left = ((size_t)head[1] << 24 | (size_t)head[2] << 16 |
                                   (size_t)head[3] << 8 | (size_t)head[4]) -
                                  4;
            messages->head_bytes = 0;
            messages->rows += head[0] == 'd';
            messages->last = head[0] == 'Z';
            if (head[0] == 'E') {
                fail("the server refused a statement; without --raw it says why");
            }
        }
    }
}

static void drain_socket(int socket, const char *statement)
{
    static _Thread_local unsigned char buffer[BUFFER_BYTES];
    Messages messages = {0};
    unsigned long long bytes = 0;
    /* libpq has made it one that does not wait. */
    (void)fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK);
    send_query(socket, statement);
    while (!messages.last || messages.body_left > 0) {
        ssize_t got = read(socket, buffer, sizeof buffer);
        if (got <= 0) {
            fail("the connection ended");
        }
        bytes += (unsigned long long)got;
        skip_messages(&messages, buffer, (size_t)got);
    }
    atomic_fetch_add(&rows_read, messages.rows);
    atomic_fetch_add(&bytes_read, bytes);
}

static void *work(void *unused)
{
    (void)unused;
    PGconn *connection = PQconnectdb("");
    if (PQstatus(connection) != CONNECTION_OK) {
        fail(PQerrorMessage(connection));
    }
    size_t index = 0;
    while ((index = atomic_fetch_add(&next_statement, 1)) < statement_count) {
        if (raw) {
            drain_socket(PQsocket(connection), statements[index]);
        } else {
            drain_rows(connection, statements[index]);
        }
    }
    PQfinish(connection);
    return NULL;
}

int main(int argc, char **argv)
{
    raw = argc == 3 && strcmp(argv[1], "--raw") == 0;
    int connections = argc == 2 || raw ? atoi(argv[argc - 1]) : 0;
    if (connections < 1 || connections > CONNECTIONS_MAX) {
        (void)fprintf(stderr, "usage: drain [--raw] CONNECTIONS <STATEMENTS\n");
        return 64;
    }
    size_t capacity = 0;
    while (statement_count < STATEMENTS_MAX &&
           getline(&statements[statement_count], &capacity, stdin) > 0) {
        statement_count++;
        capacity = 0;
    }
    pthread_t threads[CONNECTIONS_MAX];
    for (int i = 0; i < connections; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
            fail("a thread could not be started");
        }
    }
    for (int i = 0; i < connections; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    printf("%llu %llu\n", atomic_load(&rows_read), atomic_load(&bytes_read));
    return 0;
}
