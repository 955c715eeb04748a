// Package tryclientgo drives our API with client-go, as operators and command-line tools do.
// Run by go-clients.system.ts, which names the kubeconfig in KUBECONFIG.
package tryclientgo

import (
	"context"
	"os"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const tidy = "streams.weirkeeper.dev/tidy"

var streamApps = schema.GroupVersionResource{
	Group: "streams.weirkeeper.dev", Version: "v1alpha1", Resource: "streamapps",
}

func configHere(t *testing.T) *rest.Config {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	config.QPS = 1000
	config.Burst = 1000
	return config
}

// typedHere sends protobuf, as kubectl and Helm do for the core kinds.
func typedHere(t *testing.T) kubernetes.Interface {
	t.Helper()
	config := configHere(t)
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	client, err := kubernetes.NewForConfig(config)
	must(t, err)
	return client
}

func appsHere(t *testing.T) dynamic.ResourceInterface {
	t.Helper()
	client, err := dynamic.NewForConfig(configHere(t))
	must(t, err)
	return client.Resource(streamApps).Namespace("default")
}

// soon ends whatever a test waits for.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func refused(t *testing.T, err error, want metav1.StatusReason) {
	t.Helper()
	if got := apierrors.ReasonForError(err); err == nil || got != want {
		t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

func streamApp(name string, spec map[string]any) *unstructured.Unstructured {
	whole := map[string]any{
		// One StreamApp runs an app.
		"app": "a-" + name,
		"topology": map[string]any{
			"operators": []any{map[string]any{"name": "counts", "changelog": "compact", "sources": []any{"lines"}}},
		},
		"topics": []any{map[string]any{"name": "lines", "partitions": int64(6)}},
	}
	for field, value := range spec {
		whole[field] = value
	}
	app := &unstructured.Unstructured{Object: map[string]any{"spec": whole}}
	app.SetAPIVersion(streamApps.GroupVersion().String())
	app.SetKind("StreamApp")
	app.SetName(name)
	return app
}

func drift(app *unstructured.Unstructured) string {
	value, _, _ := unstructured.NestedString(app.Object, "spec", "drift")
	return value
}
