/*
 * A server for measuring uploaders: it takes the bodies of DirectUpload and S3 requests, forgets
 * them, and answers what a client needs to go on. Its own CPU is small and is reported beside the
 * clients'. One thread for each connection; it prints its port and runs until it is killed.
 *
 *   --tls FILE             speak TLS; the throwaway certificate is written to FILE
 *   --delay-ms N           wait before each answer
 *   --fail-per-mille N     answer 503 to so many of 1,000 requests, drawn from --seed N
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "routes.h"

static SSL_CTX *tls;
static int delay_ms, fail_per_mille;
static uint64_t seed = 1;
static atomic_ullong request_count;

/* SplitMix64 over the number of the request: the same seed fails the same requests. */
static bool draw_failure(void) {
  uint64_t z = seed * 0x9e3779b97f4a7c15ULL + atomic_fetch_add(&request_count, 1) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) % 1000 < (uint64_t)fail_per_mille;
}

static void serve(connection *c) {
  request *r = malloc(sizeof *r);
  while (read_head(c, r) && drop_body(c, r)) {
    if (delay_ms) usleep((useconds_t)delay_ms * 1000);
    if (draw_failure()) {
      send_answer(c, "503 Slow Down", "Content-Type: application/xml\r\n", "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
    } else if (!answer_direct_upload(c, r)) {
      answer_s3(c, r);
    }
    if (r->closes) break;
  }
  free(r);
}

static void *run_connection(void *argument) {
  connection *c = argument;
  if (tls) {
    c->ssl = SSL_new(tls);
    SSL_set_fd(c->ssl, c->fd);
  }
  if (!c->ssl || SSL_accept(c->ssl) == 1) serve(c);
  SSL_free(c->ssl);
  close(c->fd);
  free(c);
  return NULL;
}

static void add_extension(X509 *certificate, int nid, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

static SSL_CTX *create_tls(const char *file) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"null-server", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  X509_sign(certificate, key, EVP_sha256());
  FILE *out = fopen(file, "w");
  if (!out || !PEM_write_X509(out, certificate)) exit(1);
  fclose(out);
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  /* The cheapest cipher for every client alike, and few system calls for a large body. */
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 128 * 1024);
  return context;
}

static int listen_on_loopback(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 512)) return -1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void accept_one(int listener, pthread_attr_t *detached) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  connection *c = calloc(1, sizeof *c);
  c->fd = fd;
  pthread_t thread;
  if (pthread_create(&thread, detached, run_connection, c)) {
    close(fd);
    free(c);
  }
}

int main(int count, char **arguments) {
  for (int i = 1; i + 1 < count; i += 2) {
    const char *name = arguments[i], *value = arguments[i + 1];
    if (!strcmp(name, "--tls")) tls = create_tls(value);
    else if (!strcmp(name, "--delay-ms")) delay_ms = atoi(value);
    else if (!strcmp(name, "--fail-per-mille")) fail_per_mille = atoi(value);
    else if (!strcmp(name, "--seed")) seed = strtoull(value, NULL, 10);
    else return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_on_loopback();
  if (listener < 0) return 1;
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (;;) accept_one(listener, &detached);
}
