//go:build linux

package netlab

import (
	"strconv"
	"strings"
)

// unescape reads a label as avahi-browse writes it: a backslash, and three decimal
// digits or the character itself (RFC 1035 §5.1).
func unescape(label string) string {
	var text strings.Builder
	for i := 0; i < len(label); i++ {
		if label[i] != '\\' || i+1 == len(label) {
			text.WriteByte(label[i])
			continue
		}
		if i+3 < len(label) {
			if code, err := strconv.ParseUint(label[i+1:i+4], 10, 8); err == nil {
				text.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		i++
		text.WriteByte(label[i])
	}
	return text.String()
}
