package report

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// content of a file, or what kept it from being read.
func content(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// entries of a directory.
func entries(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(list))
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return strings.Join(names, " ")
}

func create(t *testing.T, path string) *File {
	t.Helper()
	file, err := CreateFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")

	file := create(t, path)
	if file.ToStandardOutput() {
		t.Error("a file is taken for standard output")
	}
	if got := content(path); !strings.Contains(got, "no such file") {
		t.Errorf("before the first commit: %s", got)
	}
	if err := file.Commit(); err != nil {
		t.Fatal(err)
	}
	file.Discard()
	if got := content(path); got != "new" {
		t.Errorf("after the first commit: %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o600 != 0o600 || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := file.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a second commit: %v", err)
	}
	if _, err := file.Write(nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a write after the commit: %v", err)
	}
	if got := entries(t, dir); got != "report.json" {
		t.Errorf("left over: %s", got)
	}
}

func TestFileReplaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	if err := os.WriteFile(path, []byte("old and longer"), 0o640); err != nil {
		t.Fatal(err)
	}
	create(t, path).Discard()
	if got := content(path) + " " + entries(t, dir); got != "old and longer report.json" {
		t.Errorf("after a discard: %s", got)
	}
	file := create(t, path)
	if got := content(path); got != "old and longer" {
		t.Errorf("before the commit: %s", got)
	}
	if err := file.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(path) + " " + entries(t, dir); got != "new report.json" {
		t.Errorf("after the commit: %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode became %v, %v", info.Mode(), err)
	}
}

func TestFileThroughLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink("target", link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if _, err := CreateFile(link, nil); err == nil || !strings.Contains(err.Error(), "link to target, which does not exist") {
		t.Errorf("a link to nothing: %v", err)
	}
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := create(t, link).Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 || content(target) != "new" {
		t.Errorf("the link is now %v, its target holds %q, %v", info.Mode(), content(target), err)
	}
}

func TestFileRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	readOnly := filepath.Join(dir, "read-only")
	if err := os.WriteFile(readOnly, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{readOnly, "open " + readOnly + ": permission denied: the file is read-only"},
		{dir, "open " + dir + ": is a directory"},
		{filepath.Join(dir, "none", "x"), "open " + filepath.Join(dir, "none", "x") + ": no such file or directory"},
		{filepath.Join(readOnly, "x"), "open " + filepath.Join(readOnly, "x") + ": not a directory"},
		{"", "open the report file: its name is empty"},
	} {
		_, err := CreateFile(c.path, nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.path, err, c.want)
		}
	}
	if _, err := CreateFile(readOnly, nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v is no permission error", err)
	}
	if got := content(readOnly) + " " + entries(t, dir); got != "old read-only" {
		t.Errorf("the directory holds %s", got)
	}
}

// If the directory goes away during the run, the error says so, and nothing
// half-written is left.
func TestFileLosesItsPlace(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "report.json")
	file := create(t, path)
	// A directory in its place cannot be replaced.
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := file.Commit()
	if err == nil || !strings.HasPrefix(err.Error(), "write "+path+": ") {
		t.Fatalf("error %v", err)
	}
	_, kept, found := strings.Cut(err.Error(), "the report is in ")
	if !found || content(kept) != "new" {
		t.Errorf("the report is lost: %v", err)
	}
}

func TestFileToStandardOutput(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"-", "/dev/stdout"} {
		var out bytes.Buffer
		file, err := CreateFile(path, &out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if !file.ToStandardOutput() {
			t.Errorf("%s is not taken for standard output", path)
		}
		if out.Len() > 0 {
			t.Error("written before the commit")
		}
		if err := file.Commit(); err != nil || out.String() != "new" {
			t.Errorf("%s: %q, %v", path, out.String(), err)
		}
		broken := errors.New("broken")
		file, err = CreateFile(path, &failingWriter{err: broken})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := file.Commit(); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "write standard output: ") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
