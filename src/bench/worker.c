/* SPDX-License-Identifier: Apache-2.0 */
/* The worker that every server of the comparison runs. The query string says what it does:
 *   n=BYTES   answers that many bytes (100 when nothing is said), without reading STDIN
 *   read      reads all of STDIN and answers its length
 *   ignore    answers at once and leaves STDIN unread
 */
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

static char page[65536];
static char input[65536];

int main(void) {
    FCGX_Stream *in, *out, *err;
    FCGX_ParamArray env;
    memset(page, 'x', sizeof page);
    while (FCGX_Accept(&in, &out, &err, &env) >= 0) {
        const char *query = FCGX_GetParam("QUERY_STRING", env);
        if (!query) query = "";
        FCGX_PutS("Content-Type: text/plain\r\n", out);
        if (strcmp(query, "read") == 0) {
            long length = 0;
            int n;
            while ((n = FCGX_GetStr(input, sizeof input, in)) > 0) length += n;
            FCGX_FPrintF(out, "\r\n%ld", length);
        } else if (strcmp(query, "ignore") == 0) {
            FCGX_PutS("\r\nignored", out);
        } else {
            long left = strncmp(query, "n=", 2) == 0 ? atol(query + 2) : 100;
            FCGX_FPrintF(out, "Content-Length: %ld\r\n\r\n", left);
            while (left > 0) {
                int n = left < (long) sizeof page ? (int) left : (int) sizeof page;
                if (FCGX_PutStr(page, n, out) < 0) break;
                left -= n;
            }
        }
    }
    return 0;
}
