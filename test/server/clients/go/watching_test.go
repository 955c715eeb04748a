package tryclientgo

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/tools/watch"

	apiwatch "k8s.io/apimachinery/pkg/watch"
)

// heard collects what an informer tells, and waits for a line of it.
type heard struct {
	lines chan string
}

func listen(t *testing.T, informer cache.SharedIndexInformer, prefix string) *heard {
	t.Helper()
	told := &heard{lines: make(chan string, 100)}
	tell := func(verb string, object any) {
		head, err := cache.DeletionHandlingObjectToName(object)
		if err == nil && strings.HasPrefix(head.Name, prefix) {
			told.lines <- verb + " " + head.Name
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { tell("added", object) },
		UpdateFunc: func(_, object any) { tell("changed", object) },
		DeleteFunc: func(object any) { tell("gone", object) },
	})
	must(t, err)
	return told
}

func (told *heard) next(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	select {
	case got := <-told.lines:
		same(t, "told", got, want)
	case <-ctx.Done():
		t.Fatalf("%q was never told", want)
	}
}

func TestTypedInformer(t *testing.T) {
	ctx, client := soon(t), typedHere(t)
	maps := client.CoreV1().ConfigMaps("default")
	create := func(name string) {
		_, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		must(t, err)
	}
	create("informed-1")
	factory := informers.NewSharedInformerFactory(client, 0)
	informer := factory.Core().V1().ConfigMaps().Informer()
	told := listen(t, informer, "informed-")
	factory.Start(ctx.Done())
	same(t, "it is in step", cache.WaitForCacheSync(ctx.Done(), informer.HasSynced), true)
	told.next(t, ctx, "added informed-1")
	create("informed-2")
	told.next(t, ctx, "added informed-2")
	_, err := maps.Patch(ctx, "informed-2", types.MergePatchType, []byte(`{"data":{"a":"b"}}`), metav1.PatchOptions{})
	must(t, err)
	told.next(t, ctx, "changed informed-2")
	must(t, maps.Delete(ctx, "informed-2", metav1.DeleteOptions{}))
	told.next(t, ctx, "gone informed-2")
	kept, err := factory.Core().V1().ConfigMaps().Lister().ConfigMaps("default").Get("informed-1")
	must(t, err)
	same(t, "what the cache holds", kept.Name, "informed-1")
}

func TestEventInformer(t *testing.T) {
	ctx, client := soon(t), typedHere(t)
	tell := func(name string) {
		about := corev1.ObjectReference{Kind: "StreamApp", Namespace: "default", Name: "noted"}
		_, err := client.CoreV1().Events("default").Create(ctx, &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Name: name}, InvolvedObject: about, Reason: "Noted", Message: name, Type: corev1.EventTypeNormal,
		}, metav1.CreateOptions{})
		must(t, err)
	}
	tell("noted-1")
	factory := informers.NewSharedInformerFactory(client, 0)
	informer := factory.Core().V1().Events().Informer()
	told := listen(t, informer, "noted-")
	factory.Start(ctx.Done())
	same(t, "it is in step", cache.WaitForCacheSync(ctx.Done(), informer.HasSynced), true)
	told.next(t, ctx, "added noted-1")
	tell("noted-2")
	told.next(t, ctx, "added noted-2")
}

func TestDynamicInformer(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	client, err := dynamic.NewForConfig(configHere(t))
	must(t, err)
	_, err = apps.Create(ctx, streamApp("streamed-1", nil), metav1.CreateOptions{})
	must(t, err)
	factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	told := listen(t, factory.ForResource(streamApps).Informer(), "streamed-")
	factory.Start(ctx.Done())
	told.next(t, ctx, "added streamed-1")
	_, err = apps.Create(ctx, streamApp("streamed-2", nil), metav1.CreateOptions{})
	must(t, err)
	told.next(t, ctx, "added streamed-2")
	must(t, apps.Delete(ctx, "streamed-2", metav1.DeleteOptions{}))
	told.next(t, ctx, "changed streamed-2")
	_, err = apps.Patch(ctx, "streamed-2", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	must(t, err)
	told.next(t, ctx, "gone streamed-2")
}

func TestWatchUntilReady(t *testing.T) {
	ctx, apps := soon(t), appsHere(t)
	app, err := apps.Create(ctx, streamApp("awaited", nil), metav1.CreateOptions{})
	must(t, err)
	status := []byte(`{"status":{"observedGeneration":1}}`)
	_, err = apps.Patch(ctx, "awaited", types.MergePatchType, status, metav1.PatchOptions{}, "status")
	must(t, err)
	watcher := &cache.ListWatch{WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
		options.FieldSelector = fields.OneTermEqualSelector("metadata.name", "awaited").String()
		return apps.Watch(ctx, options)
	}}
	event, err := watch.Until(ctx, app.GetResourceVersion(), watcher, func(apiwatch.Event) (bool, error) { return true, nil })
	must(t, err)
	same(t, "the event", event.Type, apiwatch.Modified)
}

func TestEventRecorder(t *testing.T) {
	ctx, client := soon(t), typedHere(t)
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	defer broadcaster.Shutdown()
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "try"})
	about := &corev1.ObjectReference{Kind: "StreamApp", Namespace: "default", Name: "told-of"}
	// The second of the same is counted, by a strategic merge patch of the first.
	recorder.Event(about, corev1.EventTypeNormal, "Told", "something")
	recorder.Event(about, corev1.EventTypeNormal, "Told", "something")
	for {
		list, err := client.CoreV1().Events("default").List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=told-of"})
		must(t, err)
		if len(list.Items) == 1 && list.Items[0].Count == 2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestLeaderElection(t *testing.T) {
	ctx, client := soon(t), typedHere(t)
	leads := make(chan string, 10)
	var running sync.WaitGroup
	campaign := func(ctx context.Context, name string) {
		lock, err := resourcelock.New(resourcelock.LeasesResourceLock, "default", "lead", client.CoreV1(), client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: name})
		must(t, err)
		running.Go(func() {
			leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
				Lock: lock, LeaseDuration: 10 * time.Second, RenewDeadline: 5 * time.Second, RetryPeriod: 50 * time.Millisecond,
				ReleaseOnCancel: true,
				Callbacks: leaderelection.LeaderCallbacks{
					OnStartedLeading: func(context.Context) { leads <- name },
					OnStoppedLeading: func() {},
				},
			})
		})
	}
	take := func() string {
		select {
		case name := <-leads:
			return name
		case <-ctx.Done():
			t.Fatal("nobody leads")
			return ""
		}
	}
	first, stopFirst := context.WithCancel(ctx)
	second, stopSecond := context.WithCancel(ctx)
	defer running.Wait()
	defer stopFirst()
	defer stopSecond()
	campaign(first, "first")
	same(t, "who leads", take(), "first")
	campaign(second, "second")
	stopFirst()
	same(t, "who leads after that", take(), "second")
	lease, err := client.CoordinationV1().Leases("default").Get(ctx, "lead", metav1.GetOptions{})
	must(t, err)
	same(t, "the holder", *lease.Spec.HolderIdentity, "second")
}
