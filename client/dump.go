package client

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func dumpRequest(method, uri string, header http.Header, body []byte) string {
	return dump(method+" "+uri, header, body)
}

func dumpResponse(status int, header http.Header, body []byte) string {
	if status == 0 {
		return ""
	}
	return dump(strings.TrimSpace(fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status))), header, body)
}

// dump writes a request or response down, with its header in a fixed order.
func dump(first string, header http.Header, body []byte) string {
	var b strings.Builder
	b.WriteString(first)
	for _, key := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[key] {
			fmt.Fprintf(&b, "\n%s: %s", key, value)
		}
	}
	if len(body) > 0 {
		b.WriteString("\n\n")
		b.Write(body)
	}
	return b.String()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
