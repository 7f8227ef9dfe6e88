// Image-server draws an image for everyone who asks, and lets its plugins paint on it.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/image-server/api"
)

// plugins is filled by plugins.go, which `cargo goplugin` writes when it puts plugins in.
var plugins []api.Plugin

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	once := flag.String("once", "", "draw one image into `FILE` and exit")
	flag.Parse()

	if err := run(*addr, *once); err != nil {
		log.Fatalf("image-server: %v", err)
	}
}

func run(addr, once string) error {
	if once != "" {
		image, err := render(plugins)
		if err != nil {
			return err
		}
		return os.WriteFile(once, image, 0o644)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return serve(ctx, addr)
}

// serve answers until ctx ends, then lets the answers that were begun finish.
func serve(ctx context.Context, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Printf("listening on http://%s/ with %d plugin(s)", listener.Addr(), len(plugins))

	server := &http.Server{Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	log.Print("stopped")
	return nil
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		image, err := render(plugins)
		if err != nil {
			log.Print(err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(image)
	})
	return mux
}
