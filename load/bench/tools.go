package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// k6Module is what is installed if there is no k6.
const k6Module = "go.k6.io/k6@v1.8.0"

// tools are the programs that take part.
type tools struct {
	dir         string // for everything that is made, removed at the end
	root        string // of the module
	ttcheck     string
	epollreader string
	source      string
	k6          string // "" unless it is needed
}

// build makes the programs. Without a k6 in the environment's K6 or on PATH, one is
// installed for the time of the run.
func build(ctx context.Context, dir string, needsK6 bool) (tools, error) {
	t := tools{dir: dir}
	gomod, err := gotool(ctx, "", nil, "env", "GOMOD")
	if err != nil {
		return t, err
	}
	if filepath.Base(gomod) != "go.mod" {
		return t, errors.New("run it within ttcheck's module")
	}
	t.root = filepath.Dir(gomod)
	for _, program := range []struct {
		path    *string
		of, env string
	}{
		{&t.ttcheck, "./cmd/ttcheck", "TTCHECK"},
		{&t.epollreader, "./load/bench/epollreader", ""},
		{&t.source, "./load/bench/source", ""},
	} {
		if program.env != "" && os.Getenv(program.env) != "" {
			*program.path = os.Getenv(program.env)
			continue
		}
		*program.path = filepath.Join(dir, filepath.Base(program.of))
		say("building %s", program.of)
		if _, err := gotool(ctx, t.root, nil, "build", "-o", *program.path, program.of); err != nil {
			return t, err
		}
	}
	if needsK6 {
		t.k6, err = findK6(ctx, dir)
	}
	return t, err
}

func findK6(ctx context.Context, dir string) (string, error) {
	found, err := exec.LookPath(cmp.Or(os.Getenv("K6"), "k6"))
	if err == nil {
		return filepath.Abs(found)
	}
	if os.Getenv("K6") != "" {
		return "", fmt.Errorf("K6: %w", err)
	}
	say("installing %s", k6Module)
	if _, err := gotool(ctx, dir, []string{"GOBIN=" + dir}, "install", k6Module); err != nil {
		return "", err
	}
	return filepath.Join(dir, "k6"), nil
}

// gotool runs the go command and returns what it prints, in a line.
func gotool(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of our own
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.WaitDelay = grace
	out, err := cmd.Output()
	if err != nil {
		said := ""
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			said = strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, said)
	}
	return strings.TrimSpace(string(out)), nil
}
