package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// The causes that do not come from a code of the peer's.
const (
	causeEnd        Cause = "end of stream"
	causeReset      Cause = "reset"
	causeTimeout    Cause = "timeout: TCP"
	causeRead       Cause = "read failed"
	causePoll       Cause = "poll failed"
	causeStuck      Cause = "peer does not read"
	causeLarge      Cause = "too large"
	causeNoCode     Cause = "close without code"
	causeReserved   Cause = "protocol error: reserved bit"
	causeOpcode     Cause = "protocol error: unknown opcode"
	causeMasked     Cause = "protocol error: masked frame"
	causeControl    Cause = "protocol error: fragmented control frame"
	causeLongPing   Cause = "protocol error: long control frame"
	causeLength     Cause = "protocol error: length over 63 bits"
	causeOrphan     Cause = "protocol error: continuation of nothing"
	causeInterlaced Cause = "protocol error: message within a message"
	causeBinary     Cause = "protocol error: binary message"
	causeNotUTF8    Cause = "protocol error: not UTF-8"
	causeBadClose   Cause = "protocol error: bad close frame"
)

// The codes of close frames that are named here (RFC 6455 §7.4.1).
const (
	codeProtocolError = 1002
	codeUnsupported   = 1003
	codeNotUTF8       = 1007
	codeTooLarge      = 1009
	codeNone          = 1005 // stands for a close frame without a code; never sent
)

// answer is the code with which a peer is told what it did wrong.
func (c Cause) answer() int {
	switch c {
	case causeLarge:
		return codeTooLarge
	case causeBinary:
		return codeUnsupported
	case causeNotUTF8:
		return codeNotUTF8
	}
	return codeProtocolError
}

// causeOf puts the end of a connection in few words, without addresses: many sockets are
// to share them.
func causeOf(err error) Cause {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return causeEnd
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return causeReset
	case errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, os.ErrDeadlineExceeded):
		return causeTimeout
	}
	return causeRead
}

// closed is the cause of a close that the peer began.
func closed(code int) Cause {
	if code == codeNone {
		return causeNoCode
	}
	return Cause(fmt.Sprintf("close %d", code))
}
