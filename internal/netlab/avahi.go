//go:build linux

package netlab

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Service is what a host offers on its link (RFC 6763).
type Service struct {
	Instance string // such as "Gateway One"
	Type     string // such as "_tracker-http._tcp"
	Port     uint16
	TXT      []string
}

// Avahi is an avahi-daemon that serves one host on its link. It has configuration, run
// directory and bus of its own, and knows nothing of one that the machine may run.
type Avahi struct {
	*Process
	host *Host
	bus  string // the address of its bus; empty without one
}

// privately runs avahi-daemon with the configuration in a directory, in which its
// bus may be as well, and with a /run of its own.
const privately = `mount --bind "$1" /etc/avahi; mount -t tmpfs tmpfs /run; mkdir /run/avahi-daemon; ` +
	`exec avahi-daemon --no-drop-root --no-chroot --no-rlimits`

// Publish starts an avahi-daemon that offers services from static files, and waits
// until they are established.
func (h *Host) Publish(t testing.TB, services ...Service) *Avahi {
	t.Helper()
	Need(t, "avahi-daemon", "unshare")
	dir := h.avahiDirectory(t, "no")
	for i, service := range services {
		write(t, filepath.Join(dir, "services", fmt.Sprintf("%d.service", i)), service.file())
	}
	a := &Avahi{host: h, Process: h.Start(t, "unshare", "--mount", "sh", "-ec", privately, "sh", dir)}
	a.Await(t, "Server startup complete")
	for _, service := range services {
		a.Await(t, fmt.Sprintf("Service %q (/etc/avahi/services/", service.Instance))
		a.Await(t, "successfully established")
	}
	return a
}

// Avahi starts an avahi-daemon through which Browse can search the host's link.
func (h *Host) Avahi(t testing.TB) *Avahi {
	t.Helper()
	Need(t, "avahi-daemon", "avahi-browse", "dbus-daemon", "unshare")
	dir := h.avahiDirectory(t, "yes")
	bus := "unix:path=" + filepath.Join(dir, "bus")
	configuration := filepath.Join(dir, "bus.conf")
	write(t, configuration, fmt.Sprintf(busConfiguration, bus))
	h.Start(t, "dbus-daemon", "--config-file="+configuration, "--nofork", "--nopidfile", "--nosyslog", "--print-address").
		Await(t, bus)
	a := &Avahi{host: h, bus: "DBUS_SYSTEM_BUS_ADDRESS=" + bus}
	a.Process = h.Start(t, "env", a.bus, "unshare", "--mount", "sh", "-ec", privately, "sh", dir)
	a.Await(t, "Server startup complete")
	return a
}

const busConfiguration = `<busconfig>
  <listen>%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="*"/>
    <allow send_destination="*"/>
    <allow receive_type="*"/>
  </policy>
</busconfig>
`

const avahiConfiguration = `[server]
host-name=%s
allow-interfaces=%s
use-ipv4=yes
use-ipv6=yes
enable-dbus=%s
disallow-other-stacks=no
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
`

// avahiDirectory makes a configuration without services.
func (h *Host) avahiDirectory(t testing.TB, bus string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "services"), 0o755); err != nil { //nolint:gosec // avahi reads it
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "hosts"), "")
	write(t, filepath.Join(dir, "avahi-daemon.conf"), fmt.Sprintf(avahiConfiguration, h.name, Link, bus))
	return dir
}

// file is the service as a file of avahi's.
func (s Service) file() string {
	var text strings.Builder
	fmt.Fprintf(&text, "<service-group>\n  <name>%s</name>\n  <service>\n    <type>%s</type>\n    <port>%d</port>\n",
		html.EscapeString(s.Instance), s.Type, s.Port)
	for _, entry := range s.TXT {
		fmt.Fprintf(&text, "    <txt-record>%s</txt-record>\n", html.EscapeString(entry))
	}
	return text.String() + "  </service>\n</service-group>\n"
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // other users' programs read it
		t.Fatal(err)
	}
}

// Found is what avahi-browse found, as it was resolved by one family of addresses.
type Found struct {
	Family   string // "IPv4" or "IPv6": by which it was found
	Instance string
	Host     string
	Address  string
	Port     string
	TXT      string // as avahi-browse writes it: quoted strings
}

// Browse returns what `avahi-browse -rpt TYPE` finds and can resolve.
func (a *Avahi) Browse(t testing.TB, serviceType string) []Found {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := a.host.Command(ctx, "env", a.bus, "avahi-browse", "-rpt", serviceType)
	var out strings.Builder
	cmd.Stdout = &out
	if err := run(cmd); err != nil {
		t.Fatal(err)
	}
	return readBrowse(out.String())
}

// readBrowse reads the lines of resolved services: an equals sign, interface, family,
// instance, type, domain, host, address, port, TXT.
func readBrowse(text string) []Found {
	var all []Found
	for line := range strings.Lines(text) {
		fields := strings.SplitN(strings.TrimSpace(line), ";", 10)
		if len(fields) < 10 || fields[0] != "=" {
			continue
		}
		all = append(all, Found{
			Family: fields[2], Instance: unescape(fields[3]),
			Host: fields[6], Address: fields[7], Port: fields[8], TXT: fields[9],
		})
	}
	return all
}
