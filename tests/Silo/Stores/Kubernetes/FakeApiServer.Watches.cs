using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Watches: their history, and what tests do to them.</summary>
public sealed partial class FakeApiServer
{
    private const int WaitingEvents = 1000;

    private readonly List<Event> _history = [];
    private readonly List<Watcher> _watchers = [];
    private readonly List<Watcher> _deaf = [];
    private readonly Dictionary<string, int> _mostWatches = [];
    private long _oldest = 100;

    /// <summary>How many watches are open.</summary>
    public int Watches
    {
        get
        {
            lock (_lock) return _watchers.Count;
        }
    }

    /// <summary>How many watches of a kind are open.</summary>
    public int WatchesOf(string resource)
    {
        lock (_lock) return _watchers.Count(watcher => watcher.Resource == resource);
    }

    /// <summary>The most watches of a kind that were open at once since <see cref="CountWatchesAnew"/>.</summary>
    public int MostWatchesOf(string resource)
    {
        lock (_lock) return _mostWatches.GetValueOrDefault(resource);
    }

    /// <summary>Forgets how many watches there were.</summary>
    public void CountWatchesAnew()
    {
        lock (_lock) _mostWatches.Clear();
    }

    /// <summary>What each watch was asked with.</summary>
    public ConcurrentQueue<IQueryCollection> WatchQueries { get; } = new();

    /// <summary>Says something to every watch, whatever it is.</summary>
    public void Say(string type, JsonNode? json)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.Events.Writer.TryWrite(new Event(_resourceVersion, type, watcher.Resource, json));
        }
    }

    /// <summary>How often the list of one object was read that a watch starts from.</summary>
    public int Lists { get; private set; }

    /// <summary>Forgets all history, as etcd's compaction does: an older resourceVersion is answered with 410.</summary>
    /// <param name="changesElsewhere">Changes of other objects before that.</param>
    public void Compact(int changesElsewhere)
    {
        lock (_lock)
        {
            _resourceVersion += changesElsewhere;
            _oldest = _resourceVersion;
            _history.Clear();
            _pages.Clear();
        }
    }

    /// <summary>Tells every watch how far it is.</summary>
    public void SendBookmarks()
    {
        lock (_lock)
        {
            _resourceVersion++;
            foreach (var watcher in _watchers.Where(static watcher => watcher.HasBookmarks)) watcher.Events.Writer.TryWrite(new Event(_resourceVersion, "BOOKMARK", "", new JsonObject { ["metadata"] = VersionNow() }));
        }
    }

    /// <summary>Ends every watch: with its connection, or as a server does whose time is up.</summary>
    public void CutWatches(bool withConnection)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                if (withConnection) watcher.Context.Abort();
                else watcher.Events.Writer.TryComplete();
            }
        }
    }

    /// <summary>Lets every watch stay open and hear nothing any more.</summary>
    public void DeafenWatches()
    {
        lock (_lock)
        {
            _deaf.AddRange(_watchers);
            _watchers.Clear();
        }
    }

    /// <summary>Ends the connections of watches that were made deaf.</summary>
    public void CutDeafWatches()
    {
        lock (_lock)
        {
            foreach (var watcher in _deaf) watcher.Context.Abort();
            _deaf.Clear();
        }
    }

    private async Task WatchAsync(HttpContext context, string resource)
    {
        var from = long.Parse(context.Request.Query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        var watcher = new Watcher(resource, Channel.CreateBounded<Event>(WaitingEvents), context);
        WatchQueries.Enqueue(context.Request.Query);
        bool isTooOld;
        lock (_lock)
        {
            isTooOld = from < _oldest;
            foreach (var past in _history.Where(past => past.ResourceVersion > from && past.Resource == resource)) watcher.Events.Writer.TryWrite(past);
            _watchers.Add(watcher);
            _mostWatches[resource] = Math.Max(_mostWatches.GetValueOrDefault(resource), _watchers.Count(one => one.Resource == resource));
        }

        try
        {
            await context.Response.StartAsync(_stopping.Token);
            if (isTooOld)
            {
                await LineAsync(context, new JsonObject { ["type"] = "ERROR", ["object"] = Status(410, "Expired", "too old resource version") });
                return;
            }

            await context.Response.Body.FlushAsync(_stopping.Token);
            await foreach (var change in watcher.Events.Reader.ReadAllAsync(context.RequestAborted))
                await LineAsync(context, new JsonObject { ["type"] = change.Type, ["object"] = change.Json?.DeepClone() });
        }
        catch (OperationCanceledException)
        {
            // The client, or the test, has cut it off.
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    private static async Task LineAsync(HttpContext context, JsonObject json)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json.ToJsonString() + "\n"));
        await context.Response.Body.FlushAsync();
    }

    private sealed record Event(long ResourceVersion, string Type, string Resource, JsonNode? Json);

    private sealed record Watcher(string Resource, Channel<Event> Events, HttpContext Context)
    {
        public bool HasBookmarks => Context.Request.Query["allowWatchBookmarks"] == "true";
    }
}
