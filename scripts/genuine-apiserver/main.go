// The genuine apiextensions-apiserver in front of an etcd of its own, in one process, over plain HTTP on this machine:
// what `npm run bench -- api` is measured beside, and what test/server/oracle compares answers with.
//
// Whoever asks is its administrator: the listener puts the server's own loopback token on each request. Requests go
// through the server's whole handler chain; only TLS is left out, as on a dyno.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	genericapiserver "k8s.io/apiserver/pkg/server"
)

// The server wants a cluster to ask who is who. There is none, and nobody is ever asked.
const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
users: [{name: none, user: {}}]
`

func main() {
	port := flag.Int("port", 0, "where it answers; 0: any that is free")
	noFsync := flag.Bool("no-fsync", false, "etcd acknowledges what is not on the disk yet: for comparing answers, never for measuring")
	flag.Parse()
	if err := run(*port, *noFsync); err != nil {
		log.Fatal(err)
	}
}

func run(port int, noFsync bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	folder, err := os.MkdirTemp("", "genuine-apiserver")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	etcd, err := startEtcd(filepath.Join(folder, "etcd"), noFsync)
	if err != nil {
		return err
	}
	defer etcd.Close()
	server, err := newServer(folder, etcd.Clients[0].Addr().String())
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- server.PrepareRun().RunWithContext(ctx) }()

	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	authorization := "Bearer " + server.LoopbackClientConfig.BearerToken
	go func() {
		failed <- http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			request.Header.Set("Authorization", authorization)
			server.Handler.ServeHTTP(response, request)
		}))
	}()
	address := "http://" + listener.Addr().String()
	if err := untilHealthy(ctx, address, failed); err != nil {
		return err
	}
	fmt.Println(address)
	return <-failed
}

func startEtcd(folder string, noFsync bool) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.UnsafeNoFsync = noFsync
	config.LogLevel = "error"
	any := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config.ListenClientUrls, config.AdvertiseClientUrls = any, any
	config.ListenPeerUrls, config.AdvertisePeerUrls = any, any
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case <-time.After(time.Minute):
		etcd.Close()
		return nil, fmt.Errorf("etcd was not ready within a minute")
	}
}

func newServer(folder, etcd string) (*genericapiserver.GenericAPIServer, error) {
	noCluster := filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(noCluster, []byte(kubeconfig), 0o600); err != nil {
		return nil, err
	}
	asked := options.NewCustomResourceDefinitionsServerOptions(os.Stdout, os.Stderr)
	flags := pflag.NewFlagSet("server", pflag.ContinueOnError)
	asked.AddFlags(flags)
	err := flags.Parse([]string{
		"--etcd-servers=http://" + etcd,
		"--bind-address=127.0.0.1",
		"--secure-port=" + fmt.Sprint(freePort()),
		"--cert-dir=" + folder,
		"--authentication-skip-lookup",
		"--authentication-kubeconfig=" + noCluster,
		"--authorization-kubeconfig=" + noCluster,
		"--kubeconfig=" + noCluster,
		"--enable-priority-and-fairness=false",
		"--disable-admission-plugins=NamespaceLifecycle,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,ValidatingAdmissionPolicy,MutatingAdmissionPolicy",
	})
	if err != nil {
		return nil, err
	}
	if err := asked.ServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return nil, err
	}
	if err := asked.Complete(); err != nil {
		return nil, err
	}
	if err := asked.Validate(); err != nil {
		return nil, err
	}
	config, err := asked.Config()
	if err != nil {
		return nil, err
	}
	server, err := config.Complete().New(genericapiserver.NewEmptyDelegate())
	if err != nil {
		return nil, err
	}
	return server.GenericAPIServer, nil
}

// Its own TLS listener is not used, but it will not start without one.
func freePort() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func untilHealthy(ctx context.Context, address string, failed <-chan error) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		answer, err := http.Get(address + "/healthz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server was not healthy within a minute")
}
