// Package nodelab runs scripts of Node's in tests, with the npm package ws. Neither is part
// of ttcheck: where one is missing, the test is skipped and says why. .ci/run installs ws.
package nodelab

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// noNode begins every reason to skip a test.
	noNode = "no Node: "
	// cache is the folder among the user's caches in which ws is installed.
	cache = "ttcheck-test-node"
	// trial tells whether Node has what a script needs, and is not from before fetch.
	trial = "import 'ws'; if (typeof fetch !== 'function') throw new Error('Node is older than 18')"
	// patience is how long the trial may take.
	patience = 30 * time.Second
)

// Script returns a command of the shell that runs a script by Node. The script is copied to
// where it finds ws, which is looked for in NODE_PATH, and then in the folder
// ttcheck-test-node of the user's caches. The test is skipped if the script could not run.
func Script(t testing.TB, path string) (command string) {
	t.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // a script of the tests'
	if err != nil {
		t.Fatalf("read the script: %v", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(noNode + "node is not installed")
	}
	modules, found := modules()
	if !found {
		t.Skip(noNode + "the npm package ws is not installed")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, filepath.Base(path))
	if err := os.WriteFile(script, text, 0o600); err != nil { //nolint:gosec // in a directory of the test's
		t.Fatalf("copy the script: %v", err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Skip(noNode + err.Error())
	}
	if said, err := try(t.Context(), node, dir); err != nil {
		t.Skipf("%sws cannot be used: %v: %s", noNode, err, said)
	}
	return "exec " + quoted(node) + " " + quoted(script)
}

// modules is the first folder that has ws.
func modules() (dir string, found bool) {
	dirs := filepath.SplitList(os.Getenv("NODE_PATH"))
	if caches, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(caches, cache, "node_modules"))
	}
	for _, dir := range dirs {
		absolute, err := filepath.Abs(dir)
		if err != nil || dir == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(absolute, "ws", "package.json")); err == nil { //nolint:gosec // the tester's own folders
			return absolute, true
		}
	}
	return "", false
}

// try runs the trial in a folder, and returns what it said.
func try(ctx context.Context, node, dir string) (said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--input-type=module", "--eval", trial)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// quoted is a word as the shell reads it back.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
