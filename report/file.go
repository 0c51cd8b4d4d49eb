package report

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// deviceDeadline is how long a reader of a named pipe may keep a report waiting.
const deviceDeadline = 30 * time.Second

// File is a report file that is opened before the run and filled after it.
//
// What is written is kept in memory until Commit. A regular file is then
// replaced as a whole: whoever reads the path finds the old report or the new
// one, and a run that dies leaves the old one as it was. Anything else, such as
// a device or a named pipe, is written in place.
type File struct {
	path    string
	content bytes.Buffer
	target  string   // the regular file to replace, or empty
	beside  *os.File // takes the content, then the place of target
	device  *os.File // is written in place
	stream  io.Writer
	done    bool
}

// CreateFile opens a report file; "-" is standardOutput. An error tells before
// anything runs that the report could not be written. Commit or Discard must
// follow.
func CreateFile(path string, standardOutput io.Writer) (*File, error) {
	if path == "-" || path == "/dev/stdout" {
		return &File{path: "standard output", stream: standardOutput}, nil
	}
	if path == "" {
		return nil, errors.New("open the report file: its name is empty")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if link, err := os.Readlink(path); err == nil {
			return nil, fmt.Errorf("open %s: it is a link to %s, which does not exist", path, link)
		}
		return replaceFile(path, path, 0)
	case err != nil:
		return nil, openError(path, err)
	case info.IsDir():
		return nil, fmt.Errorf("open %s: is a directory", path)
	case !info.Mode().IsRegular() || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/"):
		return openDevice(path, info.Mode())
	case info.Mode().Perm()&0o222 == 0:
		// The system would let root write it; who made it read-only meant it.
		return nil, fmt.Errorf("open %s: %w: the file is read-only", path, fs.ErrPermission)
	}
	// Not truncated: it only shows that it could be written.
	probe, err := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the user names the file
	if err != nil {
		return nil, openError(path, err)
	}
	if err := probe.Close(); err != nil {
		return nil, openError(path, err)
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, openError(path, err)
	}
	return replaceFile(path, target, info.Mode().Perm())
}

// replaceFile makes the file that will replace target, in the same directory
// and so on the same file system. Mode 0 leaves the mode to the umask.
func replaceFile(path, target string, mode fs.FileMode) (*File, error) {
	dir, base := filepath.Split(target)
	name := filepath.Join(dir, "."+base+"."+rand.Text()+".tmp")
	// The umask has its say, as for any file that a program makes.
	beside, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // the user names the file
	if err != nil {
		return nil, openError(path, err)
	}
	f := &File{path: path, target: target, beside: beside}
	if mode != 0 {
		if err := beside.Chmod(mode); err != nil {
			f.Discard()
			return nil, openError(path, err)
		}
	}
	return f, nil
}

// openError names the path that the user gave, not that of a helper file.
func openError(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// ToStandardOutput tells that the report goes where the Console may write, too.
func (f *File) ToStandardOutput() bool { return f.stream != nil }

// Write takes a piece of the report.
func (f *File) Write(p []byte) (int, error) {
	if f.done {
		return 0, fmt.Errorf("write %s: %w", f.path, fs.ErrClosed)
	}
	return f.content.Write(p)
}

// Commit brings the report to its place. After an error a regular file is as it
// was before.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("write %s: %w", f.path, fs.ErrClosed)
	}
	f.done = true
	err := f.deliver()
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

func (f *File) deliver() error {
	switch {
	case f.stream != nil:
		_, err := f.stream.Write(f.content.Bytes())
		return err
	case f.device != nil:
		// Not every device knows deadlines, and those that do not need none.
		_ = f.device.SetWriteDeadline(time.Now().Add(deviceDeadline))
		_, err := f.device.Write(f.content.Bytes())
		return errors.Join(err, f.device.Close())
	}
	_, err := f.beside.Write(f.content.Bytes())
	if err == nil {
		err = f.beside.Sync()
	}
	err = errors.Join(err, f.beside.Close())
	if err != nil {
		return errors.Join(err, os.Remove(f.beside.Name()))
	}
	if err := os.Rename(f.beside.Name(), f.target); err != nil {
		// Complete, but homeless: better to say where it is than to lose it.
		return fmt.Errorf("%w; the report is in %s", err, f.beside.Name())
	}
	return nil
}

// Discard lets the report go and leaves the path as it was. After Commit it does
// nothing, so that it can be deferred.
func (f *File) Discard() {
	if f.done {
		return
	}
	f.done = true
	if f.device != nil {
		_ = f.device.Close()
	}
	if f.beside != nil {
		_ = f.beside.Close()
		_ = os.Remove(f.beside.Name())
	}
}
