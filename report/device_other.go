//go:build !unix

package report

import (
	"io/fs"
	"os"
)

// openDevice opens what is no regular file.
func openDevice(path string, _ fs.FileMode) (*File, error) {
	device, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0) //nolint:gosec // the user names the file
	if err != nil {
		return nil, openError(path, err)
	}
	return &File{path: path, device: device}, nil
}
