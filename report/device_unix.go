//go:build unix

package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openDevice opens what is no regular file. A named pipe is not waited for:
// without a reader at its other end the report could go nowhere.
func openDevice(path string, mode fs.FileMode) (*File, error) {
	flags := os.O_WRONLY | os.O_APPEND
	if mode&fs.ModeNamedPipe != 0 {
		flags |= syscall.O_NONBLOCK
	}
	device, err := os.OpenFile(path, flags, 0) //nolint:gosec // the user names the file
	if errors.Is(err, syscall.ENXIO) && mode&fs.ModeNamedPipe != 0 {
		return nil, fmt.Errorf("open %s: nobody reads from the named pipe", path)
	}
	if err != nil {
		return nil, openError(path, err)
	}
	return &File{path: path, device: device}, nil
}
