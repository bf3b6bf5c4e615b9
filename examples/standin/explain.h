/* explain.h - why a signature is wrong, as far as that can be found out.
 * in: a request whose signature is wrong     out: lines of explanation for the log
 *
 * The text that the client signed is not sent, but its signature is. So the request is signed with
 * each known mistake in turn. If that gives the signature that was sent, the mistake is found. */
#ifndef STANDIN_EXPLAIN_H
#define STANDIN_EXPLAIN_H

#include "proxies.h"

static const struct {
    enum twist  twist;
    const char *what;
} mistakes[] = {
    { PATH_ONCE,      "the path was signed as sent: it must be encoded once more for the signature" },
    { PATH_DECODED,   "the path was signed decoded: it must be encoded twice for the signature"     },
    { HOST_BARE,      "Host was signed without its port"                                            },
    { BLANKS_KEPT,    "runs of blanks inside a header were signed as they are"                      },
    { TYPE_BARE,      "Content-Type was signed without its parameters, or got them afterwards"      },
    { BODY_EMPTY,     "an empty body was signed"                                                    },
    { BODY_UNSIGNED,  "UNSIGNED-PAYLOAD was signed: this service wants the hash of the body"        },
    { BODY_LINE_LESS, "the body was signed without the line end that was sent"                      },
    { BODY_LINE_MORE, "the body was signed with a line end that was not sent"                       },
    { SECRET_LINE,    "the canonical request is right; the secret key has a line end at its end"    },
    { SECRET_BLANK,   "the canonical request is right; the secret key has a blank at its end"       },
    { SECRET_ALONE,   "the canonical request is right; the secret lacks \"AWS4\" before it"         },
    { KEY_HEX,        "the canonical request is right; a key of the chain was used as hex digits"   },
    { KEY_TERMINATED, "the canonical request is right; a key of the chain was cut at a zero byte"   },
};

/* A line of a canonical request for the log: printable, and the token only by its length. */
static void tell_line(struct answer *a, const char *mark, int number, struct view line)
{
    static const char token[] = "x-amz-security-token:";
    struct text       out     = { NULL, 0, 0 };
    size_t            i;
    if (line.len >= sizeof token - 1 && memcmp(line.at, token, sizeof token - 1) == 0)
        addf(&out, "%s(%lu bytes, not shown)", token, (unsigned long)(line.len - sizeof token + 1));
    else
        for (i = 0; i < line.len; i++)
            add_bytes(&out, line.at[i] >= 0x20 && line.at[i] < 0x7f ? line.at + i : "?", 1);
    addf(&a->below, "  %s%3d  ", mark, number);
    add_view(&a->below, view_text(&out));
    add(&a->below, "\n");
    clear(&out);
}

static void tell_compared(struct answer *a, struct view expected, struct view signed_one)
{
    int number = 1, told = 0;
    while (expected.at != NULL) {
        struct view line = cut(&expected, '\n'), other = cut(&signed_one, '\n');
        int         differs = !told && !same(line, other);
        tell_line(a, differs ? "> " : "  ", number, line);
        if (differs) tell_line(a, "! ", number, other);
        told |= differs;
        number++;
    }
}

/* A sign that ids were encoded before they were passed on. Ids that hold a '%' are rare. */
static int holds_encoded_percent(struct view path)
{
    size_t i;
    for (i = 0; i + 3 <= path.len; i++)
        if (memcmp(path.at + i, "%25", 3) == 0) return 1;
    return 0;
}

/* Leaves in *signed_one the canonical request with the mistake; NULL: no known mistake. */
static const char *find_mistake(const struct request *r, const struct auth *x,
                                struct text *signed_one)
{
    char   digits[65];
    size_t i;
    for (i = 0; i < COUNT(mistakes); i++) {
        clear(signed_one);
        add_canonical(signed_one, r, x, mistakes[i].twist);
        sign(x, view_text(signed_one), mistakes[i].twist, digits);
        if (same_signature(x->signature, digits)) return mistakes[i].what;
    }
    return NULL;
}

static void explain(const struct request *r, const struct auth *x, struct view expected,
                    struct answer *a)
{
    struct text signed_one = { NULL, 0, 0 };
    const char *what       = find_mistake(r, x, &signed_one);
    if (what != NULL) tell(a, "why: %s", what);
    if (what != NULL || find_proxy(r, x, &signed_one, a)) {
        tell(a, "canonical request expected (> the first differing line, ! what was signed):");
        tell_compared(a, expected, view_text(&signed_one));
    } else {
        tell(a, "why: not a known mistake: another secret key, or the client signed another text");
        if (holds_encoded_percent(r->path))
            tell(a, "hint: the path has %%25: were ids encoded twice?");
        tell_proxy(r, a);
        tell(a, "canonical request expected:");
        tell_compared(a, expected, expected);
    }
    clear(&signed_one);
}

#endif
