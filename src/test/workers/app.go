// The test application in Go, standard library only.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	var served int64
	listener, err := net.FileListener(os.Stdin)
	if err != nil {
		panic(err)
	}
	_ = fcgi.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count := atomic.AddInt64(&served, 1)
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		w.Header().Set("Content-Type", "text/plain")
		switch r.URL.Query().Get("op") {
		case "sum":
			hash := sha256.New()
			io.Copy(hash, r.Body)
			fmt.Fprintf(w, "%x", hash.Sum(nil))
		case "large":
			io.WriteString(w, strings.Repeat("x", n))
		case "cookies":
			w.Header().Add("Set-Cookie", "a=1")
			w.Header().Add("Set-Cookie", "b=2")
			io.WriteString(w, r.Header.Get("Cookie"))
		case "path":
			io.WriteString(w, fcgi.ProcessEnv(r)["PATH_INFO"]+strings.TrimPrefix(r.URL.Path, "/app-go.fcgi"))
		default:
			if r.URL.Query().Get("op") == "sleep" {
				time.Sleep(time.Duration(n) * time.Millisecond)
			}
			fmt.Fprintf(w, "%d %d", os.Getpid(), count)
		}
	}))
}
