package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ttcheck/protocol"
)

// maxTokenFile bounds what is read of a token file.
const maxTokenFile = 4096

// targetFlags say which gateway is meant, and who asks.
type targetFlags struct {
	address   string
	token     string
	tokenFile string
	iface     string
}

func (f *targetFlags) register(cmd *cobra.Command, usage string) {
	flags := cmd.Flags()
	flags.StringVar(&f.address, "target", "", usage)
	flags.StringVar(&f.token, "token", "", "a `token` of the gateway; better given by --token-file or TTCHECK_TOKEN, as others can see the arguments of a process")
	flags.StringVar(&f.tokenFile, "token-file", "", "a `file` with a token of the gateway (- for standard input)")
	flags.StringVar(&f.iface, "interface", "", "the network interface by which the gateway is reached, and its advertisement is looked for; all but the loopback if not given")
}

// resolve returns the gateway's HOST:PORT and the source address to reach it from. Its
// error has its exit code.
func (f *targetFlags) resolve(ctx context.Context) (address string, source net.IP, err error) {
	if f.address == autoTarget {
		address, err = findTarget(ctx, f.iface)
	} else if address, err = hostPort(f.address); err != nil {
		err = usageError(fmt.Errorf("--target: %w", err))
	}
	if err != nil {
		return "", nil, err
	}
	if f.iface == "" {
		return address, nil, nil
	}
	host, _, _ := net.SplitHostPort(address)
	host, _, _ = strings.Cut(host, "%")
	source, err = sourceOn(f.iface, net.ParseIP(host))
	if err != nil {
		return "", nil, usageError(fmt.Errorf("--interface: %w", err))
	}
	return address, source, nil
}

// hostPort reads HOST[:PORT]; the port is 8000 unless given.
func hostPort(s string) (string, error) {
	if strings.Contains(s, "/") {
		return "", fmt.Errorf("%.80q is not HOST[:PORT]: leave out http:// and the path", s)
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), strconv.Itoa(protocol.DefaultPort)
		if strings.Contains(host, ":") && net.ParseIP(host) == nil {
			return "", fmt.Errorf("%.80q is not HOST[:PORT]", s)
		}
	}
	if n, err := strconv.Atoi(port); host == "" || err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("%.80q is not HOST[:PORT]", s)
	}
	return net.JoinHostPort(host, port), nil
}

// sourceOn returns an address of the interface to reach a target from: the one in its
// network, or else one of its family, if the target is known.
func sourceOn(name string, target net.IP) (net.IP, error) {
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("there is no interface %.40q", name)
	}
	addrs, err := iface.Addrs()
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w", name, err)
	}
	var of net.IP // the target's family, in another network
	for _, addr := range addrs {
		ip, ok := addr.(*net.IPNet)
		switch {
		case !ok:
		case target != nil && ip.Contains(target):
			return ip.IP, nil
		case of == nil && !ip.IP.IsLinkLocalUnicast() && (target == nil || (ip.IP.To4() == nil) == (target.To4() == nil)):
			of = ip.IP
		}
	}
	if of != nil {
		return of, nil
	}
	return nil, fmt.Errorf("interface %s has no address from which %v could be reached", name, target)
}

// readToken returns the token that was given, or "".
func (f *targetFlags) readToken() (string, error) {
	if f.token != "" && f.tokenFile != "" {
		return "", errors.New("--token and --token-file exclude each other")
	}
	if f.tokenFile == "" {
		return checkToken("--token", f.token)
	}
	in := os.Stdin
	if f.tokenFile != "-" {
		file, err := os.Open(f.tokenFile)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		defer file.Close()
		in = file
	}
	content, err := io.ReadAll(io.LimitReader(in, maxTokenFile))
	if err != nil {
		return "", fmt.Errorf("--token-file: read %s: %w", f.tokenFile, err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", fmt.Errorf("--token-file: %s is empty", f.tokenFile)
	}
	return checkToken("--token-file", token)
}

// checkToken refuses what cannot stand in a header, without repeating it.
func checkToken(flag, token string) (string, error) {
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return "", fmt.Errorf("%s: that is no token: it must be one word of printable ASCII", flag)
		}
	}
	return token, nil
}
