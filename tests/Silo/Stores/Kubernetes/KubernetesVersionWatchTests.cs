using System.Text;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Silo.Stores.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>What a watch hears, and what it does with what it cannot read.</summary>
public sealed class KubernetesVersionWatchTests : IAsyncLifetime
{
    private KubernetesRig _rig = null!;
    private KubernetesMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await KubernetesRig.StartAsync();
        _table = await _rig.InitializedAsync(static options => options with { WatchTimeout = TimeSpan.FromMilliseconds(90_001) });
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Only_another_version_is_told()
    {
        await using var versions = Watch();
        Assert.Equal(0, await NextAsync(versions));
        var next = NextAsync(versions);
        await WatchedAsync();
        _rig.Server.Edit(static json => json["metadata"]!["labels"] = new JsonObject { ["edited"] = "yes" });
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Fact]
    public async Task The_server_is_asked_for_bookmarks_and_for_an_end()
    {
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await WatchedAsync();
        var asked = Assert.Single(_rig.Server.WatchQueries);
        Assert.Equal("true 91 metadata.name=membership", $"{asked["allowWatchBookmarks"]} {asked["timeoutSeconds"]} {asked["fieldSelector"]}");
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Theory]
    [InlineData("MODIFIED", "7")]
    [InlineData("MODIFIED", "null")]
    [InlineData("MODIFIED", """{"metadata":7,"spec":"x"}""")]
    [InlineData("MODIFIED", """{"metadata":{"resourceVersion":7},"spec":{"version":"1"}}""")]
    [InlineData("MODIFIED", """{"spec":{"version":1,"version":2}}""")]
    [InlineData("ERROR", "7")]
    [InlineData("ERROR", """{"code":"410","message":7}""")]
    [InlineData("DELETED", """{"metadata":{"resourceVersion":"7"},"spec":{"version":5}}""")]
    [InlineData("SOMETHING", "[]")]
    public async Task What_cannot_be_read_does_not_end_the_watch(string type, string json)
    {
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await WatchedAsync();
        _rig.Server.Say(type, JsonNode.Parse(json));
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("[]\n")]
    [InlineData("{\"type\":\"MODIFIED\",\"type\":\"ERROR\"}\n")]
    public async Task A_line_that_is_no_event_makes_it_look_again(string line)
    {
        var from = "";
        var lines = 0;
        _rig.Server.Intercept = async context =>
        {
            var query = context.Request.Query;
            if (!query.ContainsKey("watch")) return false;
            if (from.Length == 0) from = query["resourceVersion"].ToString();
            if (query["resourceVersion"] != from) return false;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line));
            Interlocked.Increment(ref lines);
            return true;
        };
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await TestGuard.UntilAsync(() => Volatile.Read(ref lines) > 1, "two lines");
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"type\":\"MODI")]
    public async Task A_server_that_ends_each_watch_at_once_is_asked_with_pauses(string line)
    {
        const int Rounds = 5;
        var (shortest, longest) = (TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(16));
        _table = _rig.Open(options => options with { FirstRetryDelay = longest });
        var ended = 0;
        _rig.Server.Intercept = async context =>
        {
            if (!context.Request.Query.ContainsKey("watch") || ++ended > Rounds) return false;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line));
            return true;
        };
        await using var versions = Watch();
        await NextAsync(versions);
        _rig.Time.Waits.Clear();
        var next = NextAsync(versions);
        await WatchedAsync();
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
        Assert.Equal(Rounds, _rig.Time.Waits.Count(wait => wait >= shortest && wait <= longest));
    }

    [Fact]
    public async Task A_line_without_end_is_cut_off()
    {
        const int TooManyBytes = 9 * 1024 * 1024;
        Answering(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[TooManyBytes]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await WatchedAsync();
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(403)]
    public async Task A_watch_that_is_refused_goes_on_later_from_where_it_was(int code)
    {
        Answering(context => FakeApiServer.RefuseAsync(context, code, "Trouble", "not now"));
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await WatchedAsync();
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal((1, 1), (await next, _rig.Server.Lists));
    }

    [Fact]
    public async Task A_watch_that_is_refused_again_is_asked_with_growing_pauses()
    {
        const int Rounds = 4;
        var first = TimeSpan.FromMilliseconds(8);
        _table = _rig.Open(options => options with { FirstRetryDelay = first });
        var refused = 0;
        _rig.Server.Intercept = async context =>
        {
            if (!context.Request.Query.ContainsKey("watch") || ++refused > Rounds) return false;
            await FakeApiServer.RefuseAsync(context, 500, "InternalError", "not now");
            return true;
        };
        await using var versions = Watch();
        await NextAsync(versions);
        _rig.Time.Waits.Clear();
        var next = NextAsync(versions);
        await WatchedAsync();
        var pauses = _rig.Time.Waits.Where(static wait => wait > TimeSpan.Zero && wait < TimeSpan.FromSeconds(1)).ToList();
        Assert.Equal(Rounds, pauses.Count);
        Assert.All(pauses.Index(), pause => Assert.InRange(pause.Item, first * Math.Pow(2, pause.Index) / 2, first * Math.Pow(2, pause.Index)));
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
    }

    [Fact]
    public async Task An_error_that_is_not_gone_goes_on_from_where_it_was()
    {
        await using var versions = Watch();
        await NextAsync(versions);
        var next = NextAsync(versions);
        await WatchedAsync();
        _rig.Server.Say("ERROR", new JsonObject { ["code"] = 500, ["message"] = "etcd has no leader" });
        await TestGuard.UntilAsync(() => _rig.Server.WatchQueries.Count == 2, "another watch");
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal((1, 1), (await next, _rig.Server.Lists));
    }

    [Fact]
    public async Task A_server_that_never_remembers_is_asked_with_pauses()
    {
        const int Rounds = 5;
        var (shortest, longest) = (TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(16));
        _table = _rig.Open(options => options with { FirstRetryDelay = longest });
        var refused = 0;
        _rig.Server.Intercept = async context =>
        {
            if (!context.Request.Query.ContainsKey("watch") || ++refused > Rounds) return false;
            await FakeApiServer.RefuseAsync(context, 410, "Gone", "too old");
            return true;
        };
        await using var versions = Watch();
        await NextAsync(versions);
        _rig.Time.Waits.Clear();
        var next = NextAsync(versions);
        await WatchedAsync();
        await Silos.InsertAsync(_table, Silos.Entry(1));
        Assert.Equal(1, await next);
        Assert.Equal(Rounds, _rig.Time.Waits.Count(wait => wait >= shortest && wait <= longest));
    }

    private IAsyncEnumerator<int> Watch() => _table.WatchAsync(CancellationToken.None).GetAsyncEnumerator();

    private static async Task<int> NextAsync(IAsyncEnumerator<int> versions)
    {
        Assert.True(await versions.MoveNextAsync().AsTask().WaitAsync(TestGuard.Limit));
        return versions.Current;
    }

    private Task WatchedAsync() => TestGuard.UntilAsync(() => _rig.Server.Watches == 1, "a watch");

    /// <summary>Answers the first watch itself.</summary>
    private void Answering(Func<HttpContext, Task> answer)
    {
        var watches = 0;
        _rig.Server.Intercept = async context =>
        {
            if (!context.Request.Query.ContainsKey("watch") || watches++ > 0) return false;
            await answer(context);
            return true;
        };
    }
}
