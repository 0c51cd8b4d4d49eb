//go:build !unix

package link

import "errors"

// Listen is not to be had here: the standard library cannot bind a socket to a
// multicast group and an interface, and without that packets would go astray.
func (*Interface) Listen(Options) (Conn, error) {
	return nil, errors.New("multicast DNS needs a Unix system")
}
