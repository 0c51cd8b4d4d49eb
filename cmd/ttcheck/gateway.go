package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"syscall"

	"github.com/spf13/cobra"

	"ttcheck/fixtures/gateway"
	"ttcheck/fixtures/gateway/responder"
	"ttcheck/internal/link"
)

func gatewayCommand() *cobra.Command {
	var (
		opts       gateway.Options
		on, called string
		verbose    bool
		odd        oddities
	)
	cmd := &cobra.Command{
		Use:   "gateway",
		Short: "Run the reference gateway alone",
		Long: "Gateway runs the reference gateway until it is interrupted: a peer for trying an\n" +
			"integration, or for trying ttcheck itself. The control listener is for labs and CI:\n\n" +
			"  POST /press              presses the button\n" +
			"  POST /restart[?listen=]  restarts it, at another address if asked; with\n" +
			"                           abrupt=true it says no goodbye, as in a power cut\n" +
			"  GET  /state              active orders, open sockets, number of tokens\n\n" +
			"With --advertise it makes itself known on a link by multicast DNS: at the address on\n" +
			"which it listens, or, if it listens on 0.0.0.0 or [::], at all that the link has.\n\n" +
			"With --fault it errs in a known way, to show what is found; with --variant it takes\n" +
			"another choice where the protocol leaves one, which every client must cope with. What is\n" +
			"about the advertisement shows with --advertise only.",
		Example: "  ttcheck gateway --listen 127.0.0.1:8000 --control 127.0.0.1:8001\n" +
			"  ttcheck gateway --listen 0.0.0.0:8000 --advertise eth0 --instance 'Table Tracker lab'\n" +
			"  ttcheck gateway --fault pong-without-payload",
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := io.Discard
			if verbose {
				log = cmd.ErrOrStderr()
			}
			if odd.listed() {
				return odd.list(cmd.OutOrStdout())
			}
			opts.Logger = slog.New(slog.NewTextHandler(log, nil))
			var err error
			if opts.Advertise, err = advertising(on, cmd.Flags().Changed("instance"), called); err != nil {
				return usageError(err)
			}
			if err := odd.apply(&opts); err != nil {
				return usageError(err)
			}
			return serveGateway(cmd, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.Listen, "listen", "127.0.0.1:8000", "the `HOST:PORT` of the API; port 0 picks a free one")
	flags.StringVar(&opts.Control, "control", "", "the `HOST:PORT` of the control listener; none if not given")
	flags.Float64Var(&opts.Speedup, "speedup", 1, "how many times faster than true its clock runs")
	flags.IntVar(&opts.History, "history", seededOrders, "how many finished orders it has from the start")
	flags.Uint64Var(&opts.Seed, "seed", seed, "what those orders are")
	flags.StringVar(&on, "advertise", "", "the `INTERFACE` on which it is advertised; none if not given")
	flags.StringVar(&called, "instance", "", "the `NAME` under which it is advertised (default \"Table Tracker\" and four digits)")
	odd.register(flags)
	flags.BoolVar(&verbose, "verbose", false, "log what it does to standard error")
	return cmd
}

// advertising says how the gateway is advertised; nil if it is not.
func advertising(on string, named bool, instance string) (*gateway.Advertise, error) {
	if on == "" {
		if named {
			return nil, errors.New("--instance needs --advertise")
		}
		return nil, nil //nolint:nilnil // nothing is what was asked for
	}
	if named {
		if err := responder.CheckInstance(instance); err != nil {
			return nil, fmt.Errorf("--instance: %w", err)
		}
	}
	found, err := link.ByName(on)
	if err != nil {
		return nil, fmt.Errorf("--advertise: %w", err)
	}
	return &gateway.Advertise{Link: found, Instance: instance}, nil
}

func serveGateway(cmd *cobra.Command, opts gateway.Options) error {
	g, err := gateway.Start(opts)
	if err != nil {
		if _, system := errors.AsType[syscall.Errno](err); system { // such as an address in use
			return setupError(err)
		}
		return usageError(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "gateway: http://%s/api/v2\n", g.Addr())
	if control := g.ControlAddr(); control != "" {
		fmt.Fprintf(cmd.OutOrStdout(), "control: http://%s\n", control)
	}
	if opts.Advertise != nil {
		select {
		case <-g.Advertised():
			fmt.Fprintf(cmd.OutOrStdout(), "advertised: %s on %s\n", g.Instance(), opts.Advertise.Link.Name())
		case <-cmd.Context().Done():
		}
	}
	<-cmd.Context().Done()
	if err := g.Close(); err != nil {
		return setupError(err)
	}
	return nil
}
