// Command ttcheck tests Table Tracker gateways, and plays one.
package main

import (
	"fmt"
	"os"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs one command line and returns its exit code.
func execute(args []string, stdout, stderr *os.File) int {
	ctx, stop := catchInterrupts()
	defer stop()
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCode(err)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(stderr, "ttcheck: "+oneLine(err))
	}
	return code
}
