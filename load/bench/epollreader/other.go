//go:build !linux

// Command epollreader needs epoll, which only Linux has.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "epollreader: needs Linux, for its epoll")
	os.Exit(1)
}
