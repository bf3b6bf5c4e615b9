/* examples/why_403.c - which line of the canonical request differs from the service's, and why.
 * why_403 FILE URL INSTANCE CONTACT BODY        URL, ids and BODY (JSON): as in the refused request
 *
 * FILE, or - for stdin: the error that says "The Canonical String for this request should have been
 * 'POST ...'", as JSON or as plain text. AWS_SESSION_TOKEN as it was, if any; it is never shown.
 * (The stand-in explains wrong signatures by itself, in its log.)                                */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "sha256.h"

static char theirs[65536], ours[65536];

/* The file as text: of JSON's escapes, \n is a line end and the others are what follows them. */
static void read_theirs(FILE *f)
{
    size_t n = 0;
    int    c;
    while (n + 1 < sizeof theirs && (c = getc(f)) != EOF) {
        if (c == '\\' && (c = getc(f)) == 'n') c = '\n';
        if (c != '\r') theirs[n++] = (char)c;
    }
    theirs[n] = '\0';
}

/* Is `encoded` what percent-encoding makes of `plain`? */
static int is_encoded(const char *plain, const char *encoded)
{
    static const char stay[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    char one[4];
    for (; *plain != '\0'; plain++, encoded += strlen(one)) {
        snprintf(one, sizeof one, strchr(stay, *plain) != NULL ? "%c" : "%%%02X",
                 (unsigned char)*plain);
        if (strncmp(encoded, one, strlen(one)) != 0) return 0;
    }
    return *encoded == '\0';
}

static const char *path_words(const char *mine, const char *other)
{
    if (is_encoded(other, mine))
        return "the path: yours is encoded twice, what arrived once: something on the way decodes";
    if (is_encoded(mine, other))
        return "the path: what arrived is encoded once more: your HTTP client encodes URLs again";
    return "the path: another one arrived: is URL the right one, are the ids?";
}

static const char *words(int line, const char *mine, const char *other)
{
    static char text[256];
    const int   name = (int)strcspn(mine, ":");
    if (line == 0) return "the method";
    if (line == 1) return path_words(mine, other);
    if (line == 2) return "the query: yours has none";
    if (mine[name] == ':' && strncmp(mine, other, (size_t)name + 1) == 0)
        snprintf(text, sizeof text, "%.*s: the value was changed on the way", name, mine);
    else if (mine[name] == ':') snprintf(text, sizeof text, "%.*s: did not arrive", name, mine);
    else if (strlen(mine) == 64) return "the hash of the body: another body arrived";
    else return "the list of signed headers";
    return text;
}

static int begins(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

static void show(const char *whose, const char *line)
{
    const char *token = "x-amz-security-token:";
    if (begins(line, token))
        printf("  %s %s(%lu bytes)\n", whose, token, (unsigned long)(strlen(line) - strlen(token)));
    else printf("  %s %s\n", whose, line);
}

static char *cut_line(char **text)
{
    char        *line = *text;
    const size_t n    = strcspn(line, "\n");
    *text += n + (line[n] == '\n');
    line[n] = '\0';
    return line;
}

static int compare(char *mine, char *other)
{
    const char *date = "x-amz-date:"; /* ours is made at another time */
    int         line;
    for (line = 0; *mine != '\0' || *other != '\0'; line++) {
        const char *a = cut_line(&mine), *b = cut_line(&other);
        if (strcmp(a, b) == 0 || (begins(a, date) && begins(b, date))) continue;
        printf("line %d, %s\n", line + 1, words(line, a, b));
        show("yours:  ", a);
        show("arrived:", b);
        return 1;
    }
    printf("no line differs: the secret key is another one (a blank or line end in it?), or the\n"
           "access key is of another account, or the region is wrong\n");
    return 0;
}

int main(int argc, char **argv)
{
    static char work[65536];
    cuc_call    call;
    cuc_client  client = CUC_ZERO;
    cuc_result  result;
    cuc_request request = CUC_ZERO;
    char       *start;
    FILE       *f;
    if (argc != 6 || (f = strcmp(argv[1], "-") == 0 ? stdin : fopen(argv[1], "r")) == NULL)
        return fprintf(stderr, "usage: why_403 FILE URL INSTANCE CONTACT BODY\n"), 2;
    read_theirs(f);
    if ((start = strstr(theirs, "POST\n/")) == NULL) return puts("no canonical request in it"), 2;
    start[strcspn(start, "'\"")] = '\0';

    client.sha256        = sha256;
    client.region        = cuc_s("any"); /* these three are not in a canonical request */
    client.access_key    = cuc_s("any");
    client.secret_key    = cuc_s("any");
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    client.endpoint_url  = cuc_s(argv[2]);
    request.instance_id  = cuc_s(argv[3]);
    request.contact_id   = cuc_s(argv[4]);
    request.body         = cuc_s(argv[5]);
    cuc_call_begin(&call, &client, &request, work, sizeof work, &result);
    if (cuc_call_next(&call, 0) != CUC_NEXT_SEND ||
        cuc_call_canonical_request(&call, ours, sizeof ours) >= sizeof ours)
        return puts("such a request would not even be sent"), 2;
    return compare(ours, start);
}
