/* why.h - in words, why the service computed another signature: --why FILE.
 * in: the output of --explain; or the service's response, and the options of the request
 * out: the first line of the canonical request that differs, and what that means
 *
 * Some responses quote the canonical request that the service computed. Where the response does
 * not, the usual causes are listed, most frequent first.                                              */
#ifndef TOOL_WHY_H
#define TOOL_WHY_H

#include "one.h"

/* Of JSON's escapes, \n is a line end and the others are what follows the backslash. */
static char *without_escapes(const char *text)
{
    char *copy = copy_string(text), *to = copy;
    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0') *to++ = *++text == 'n' ? '\n' : *text;
        else if (*text != '\r') *to++ = *text;
    }
    *to = '\0';
    return copy;
}

/* What stands between two marks, the last time; NULL: it does not. A new string. */
static char *between(const char *text, const char *from, const char *to)
{
    const char *found = NULL, *at = text, *end;
    while ((at = strstr(at, from)) != NULL) found = at += strlen(from);
    if (found == NULL || (end = strstr(found, to)) == NULL) return NULL;
    return copy_bytes(found, (size_t)(end - found));
}

/* The canonical request that a response quotes: from POST to the closing quote. A new string. */
static char *quoted_canonical(const char *response)
{
    char *plain = without_escapes(response), *start = strstr(plain, "POST\n/"), *found = NULL;
    if (start != NULL) found = copy_bytes(start, strcspn(start, "'\""));
    free(plain);
    return found;
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
        if (!begins_with(encoded, one)) return 0;
    }
    return *encoded == '\0';
}

static const char *path_words(const char *mine, const char *theirs)
{
    if (is_encoded(theirs, mine)) return "the path: it was decoded on its way; a proxy does that";
    if (is_encoded(mine, theirs))
        return "the path: it was encoded once more on its way; an HTTP client or a proxy does that";
    return "the path: another one arrived; a proxy, or a base path that it adds or removes";
}

static void put_why(struct text *to, int line, const char *mine, const char *theirs)
{
    const size_t name = strcspn(mine, ":");
    if (line == 0) text_put(to, "the method");
    else if (line == 1) text_put(to, path_words(mine, theirs));
    else if (line == 2) text_put(to, "the query: none was signed");
    else if (mine[name] == ':' && strncmp(mine, theirs, name + 1) == 0)
        text_format(to, "%.*s: its value was changed on its way", (int)name, mine);
    else if (mine[name] == ':')
        text_format(to, "%.*s: it did not arrive as it was sent", (int)name, mine);
    else if (strlen(mine) == 64) text_put(to, "the hash of the body: another body arrived");
    else text_put(to, "the list of signed headers");
}

static char *next_text_line(char **text)
{
    char        *line = *text;
    const size_t n    = strcspn(line, "\n");
    *text += n + (line[n] == '\n');
    line[n] = '\0';
    return line;
}

/* Session tokens are compared by length, and never shown. */
static char *shown_line(const char *line)
{
    static const char token[] = "x-amz-security-token:";
    struct text       t       = { NULL, 0, 0 };
    if (!begins_with(line, token) || line[sizeof token - 1] == '(') return copy_string(line);
    text_format(&t, "%s(%lu bytes)", token, (unsigned long)(strlen(line) - strlen(token)));
    return t.ptr;
}

/* 1: a line differs, and was printed. same_time: both are of one request, so dates count. */
static int compare_canonical(char *mine, char *theirs, int same_time)
{
    static const char date[] = "x-amz-date:";
    struct text       words  = { NULL, 0, 0 };
    int               line, differs = 0;
    for (line = 0; !differs && (*mine != '\0' || *theirs != '\0'); line++) {
        char *a = shown_line(next_text_line(&mine)), *b = shown_line(next_text_line(&theirs));
        differs =
            strcmp(a, b) != 0 && (same_time || !begins_with(a, date) || !begins_with(b, date));
        if (differs) {
            put_why(&words, line, a, b);
            printf("line %d, %s\n  signed:  ", line + 1, words.ptr);
            print_safely(stdout, a);
            fputs("\n  arrived: ", stdout);
            print_safely(stdout, b);
            putchar('\n');
        }
        free(a);
        free(b);
    }
    text_free(&words);
    return differs;
}

static void print_usual_causes(void)
{
    static const char *const causes[] = {
        "the secret key is another one, or was cut; it has 40 characters",
        "the clock: signatures are valid for five minutes (the tool corrects it once)",
        "the region is not the one that the request was signed for",
        "the session token is missing, cut or expired; a key that begins with ASIA needs one",
        "a proxy changes the path, the body, host or content-type",
    };
    size_t i;
    puts("The response does not say what the service computed. The usual causes, in this order:");
    for (i = 0; i < COUNT(causes); i++) printf("  %lu. %s\n", (unsigned long)i + 1, causes[i]);
}

/* Of the options; ends the program when they are not complete. A new string. */
static char *canonical_of_options(const struct options *o, struct settings *s)
{
    struct one    u;
    struct fields fields;
    cuc_str       region = CUC_ZERO;
    json_t       *object = read_input(o);
    char         *text;
    memset(&u, 0, sizeof u);
    memset(&fields, 0, sizeof fields);
    if (!read_fields(&fields, object, &u.request, &region))
        fail(EXIT_USAGE, "%s", fields.problem.ptr);
    need_region(s);
    if (u.request.instance_id.ptr == NULL)
        fail(EXIT_USAGE, "--why: the file holds no output of --explain; give the options of the "
                         "request, too");
    check_request(&u.request);
    read_credentials(s, o, &u.credentials);
    make_client(&u.client, s, &u.credentials, &u.shared);
    exchange_begin(&u.exchange, &u.client, &u.request);
    exchange_next(&u.exchange, clock_ms(CLOCK_REALTIME));
    text = masked_canonical(&u.exchange.call);
    exchange_close(&u.exchange);
    free_credentials(&u.credentials);
    free_fields(&fields);
    json_decref(object);
    return text;
}

static int run_why(const struct options *o, struct settings *s)
{
    const char *path = o->value[O_WHY];
    struct text file = { NULL, 0, 0 };
    char       *mine, *response, *theirs;
    int         explained;
    if ((strcmp(path, "-") == 0 ? read_all(stdin, &file) : read_file(path, &file)) != 0)
        fail(EXIT_USAGE, "--why: cannot read %s: %s", path, strerror(errno));
    mine      = between(file.ptr, "--- canonical request ---\n", "\n--- string to sign ---");
    explained = mine != NULL;
    response  = explained ? between(file.ptr, "--- response ", "\n--- end ---") : NULL;
    if (!explained) mine = canonical_of_options(o, s);
    theirs = quoted_canonical(explained ? (response != NULL ? response : "") : file.ptr);
    if (theirs == NULL) print_usual_causes();
    else if (!compare_canonical(mine, theirs, explained))
        puts("No line differs, so the key does: the secret key is another one (a blank or a line "
             "end in it?),\nor it belongs to another access key.");
    free(theirs);
    free(response);
    free(mine);
    text_free(&file);
    return 0;
}

#endif
