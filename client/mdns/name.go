package mdns

import (
	"strings"
	"unicode"

	"github.com/miekg/dns"
)

const (
	// ServiceType is what a gateway advertises.
	ServiceType = "_tracker-http._tcp.local."
	// Meta is where the service types of a link are listed (RFC 6763 §9).
	Meta = "_services._dns-sd._udp.local."
)

// SameName compares names without regard to the case of ASCII letters (RFC 6762
// §16).
func SameName(a, b string) bool { return fold(a) == fold(b) }

// fold makes equal names equal strings. Presentation form escapes all but ASCII, so
// that nothing but ASCII letters is folded.
func fold(name string) string { return strings.ToLower(name) }

// InstanceOf is the instance's own part of a service instance's name, as people read
// it: unescaped, in UTF-8, with what is no text replaced.
func InstanceOf(name string) string {
	end := dns.Split(name)
	label := name
	if len(end) > 1 {
		label = strings.TrimSuffix(name[:end[1]], ".")
	}
	return unescape(label)
}

// InstanceName is the full name of an instance of the gateway's service type.
func InstanceName(instance string) string { return escape(instance) + "." + ServiceType }

// escape puts a label into presentation form.
func escape(label string) string {
	var b strings.Builder
	for i := range len(label) {
		c := label[i]
		switch {
		case c == '.' || c == '\\' || c == '"' || c == '(' || c == ')' || c == ';' || c == '@' || c == ' ' || c == '\'' || c == '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			b.WriteByte('\\')
			b.WriteByte('0' + c/100)
			b.WriteByte('0' + c/10%10)
			b.WriteByte('0' + c%10)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unescape reads a label in presentation form.
func unescape(label string) string {
	var b []byte
	for i := 0; i < len(label); i++ {
		switch {
		case label[i] != '\\':
			b = append(b, label[i])
		case i+3 < len(label) && isDigit(label[i+1]) && isDigit(label[i+2]) && isDigit(label[i+3]):
			b = append(b, (label[i+1]-'0')*100+(label[i+2]-'0')*10+label[i+3]-'0')
			i += 3
		case i+1 < len(label):
			i++
			b = append(b, label[i])
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return '\uFFFD' // so that no terminal acts on it, and text runs forward
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
