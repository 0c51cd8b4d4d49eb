//go:build unix

package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFileIntoPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	if _, err := CreateFile(path, nil); err == nil || !strings.Contains(err.Error(), "nobody reads") {
		t.Errorf("without a reader: %v", err)
	}
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	file, err := CreateFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	// More than a pipe takes at once.
	long := strings.Repeat("0123456789", 50_000)
	if _, err := file.Write([]byte(long)); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- file.Commit() }()
	got, err := io.ReadAll(reader)
	if err != nil || string(got) != long {
		t.Errorf("%d bytes came through, %v", len(got), err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe became %v, %v", info.Mode(), err)
	}
}

func TestFileIntoDevice(t *testing.T) {
	t.Parallel()
	if err := create(t, os.DevNull).Commit(); err != nil {
		t.Error(err)
	}
	create(t, os.DevNull).Discard()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	if err := create(t, "/dev/full").Commit(); !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "write /dev/full: ") {
		t.Errorf("a full device: %v", err)
	}
}
