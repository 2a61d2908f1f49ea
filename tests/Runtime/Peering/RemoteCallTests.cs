using Actors.Runtime.Peering;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Calls;
using Actors.Runtime.Tests.Generation;
using Actors.Runtime.Tests.Hosting;
using Actors.Runtime.Tests.Identity;
using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

public sealed class RemoteCallTests
{
    private const string CallType = "test.call";

    [Fact]
    public async Task Calls_find_each_grain_wherever_it_lives()
    {
        await using PeerSilo one = await PeerSilo.StartAsync(1);
        await using PeerSilo two = await PeerSilo.StartAsync(2);
        await using PeerSilo three = await PeerSilo.StartAsync(3);
        PeerSilo[] all = [one, two, three];
        await PeerSilo.JoinAsync(all);
        foreach (PeerSilo home in all)
        {
            string key = home.KeyHere(RemoteGrain.Name, all);
            foreach (PeerSilo caller in all)
            {
                Assert.Equal(home.Address.ToString(), await Guard.Within(caller.Grains.GetGrain<IRemoteGrain>(key).Where(), "an answer"));
            }

            string node = $"group@{home.Identity.NodeId}";
            Assert.Equal(node, await Guard.Within(one.Grains.GetGrain<INodeGrain>(node).Key(), "an answer"));
        }

        IRemoteGrain here = one.Grains.GetGrain<IRemoteGrain>(two.KeyHere(RemoteGrain.Name, all));
        IRemoteGrain there = one.Grains.GetGrain<IRemoteGrain>(three.KeyHere(RemoteGrain.Name, all));
        Assert.Equal(three.Address.ToString(), await Guard.Within(here.AskWhere(there), "an answer by way of a reference"));
        Assert.Equal(there, await Guard.Within(there.Self(), "a reference"));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => one.Grains.GetGrain<INodeGrain>("group@9").Key());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(70_000)]
    [InlineData(1 << 20)]
    [InlineData(9_000_000)]
    public async Task Bytes_arrive_as_they_were(int length)
    {
        await using Pair pair = await Pair.StartAsync();
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Task<byte[]>[] answers = [.. Enumerable.Range(0, 4).Select(_ => pair.Remote.Echo(bytes))];
        foreach (Task<byte[]> answer in answers)
        {
            byte[] received = await Guard.Within(answer, "the bytes");
            Assert.True(bytes.AsSpan().SequenceEqual(received));
        }
    }

    [Fact]
    public async Task What_is_longer_than_a_call_may_be_is_refused_and_the_connection_stays()
    {
        await using Pair pair = await Pair.StartAsync(PeerNode.Options with { MaxCallBytes = 100_000 });
        await Assert.ThrowsAsync<WireFormatException>(() => pair.Remote.Echo(new byte[100_001]));
        Assert.Equal(50_000, (await Guard.Within(pair.Remote.Echo(new byte[50_000]), "an answer")).Length);
        Assert.Equal(1, pair.One.Events.Told.Count("connected 2"));
    }

    [Fact]
    public async Task Exceptions_arrive_as_what_they_were_or_as_one_clear_type()
    {
        await using Pair pair = await Pair.StartAsync();
        PartitionMissingException facts = await Assert.ThrowsAsync<PartitionMissingException>(() => pair.Remote.Fail("facts"));
        Assert.Equal("orders", facts.Topic);
        Assert.Equal("the grain's own", (await Assert.ThrowsAsync<LimitExceededException>(() => pair.Remote.Fail("busy"))).Message);
        Assert.Equal("plain", (await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Remote.Fail("plain"))).Message);
        RemoteException unknown = await Assert.ThrowsAsync<RemoteException>(() => pair.Remote.Fail("unknown"));
        Assert.Equal("only here", unknown.Message);
        Assert.Contains("LocalOnlyException", unknown.OriginalType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_one_caller_arrive_in_their_order()
    {
        await using Pair pair = await Pair.StartAsync();
        var counts = new List<Task<int>>();
        for (int number = 0; number < 3_000; number++)
        {
            if (number % 3 == 0)
            {
                await pair.Remote.Note(number);
            }
            else
            {
                counts.Add(pair.Remote.Count(number).AsTask());
            }
        }

        await Guard.Within(Task.WhenAll(counts), "all answers");
        Assert.Equal(Enumerable.Range(0, 3_000), await Guard.Within(pair.Remote.Noted(), "the order"));
    }

    [Fact]
    public async Task Order_is_kept_for_calls_that_wait_for_the_connection()
    {
        await using PeerSilo one = await PeerSilo.StartAsync(1);
        await using PeerSilo two = await PeerSilo.StartAsync(2);
        PeerSilo.SetView(1, [one, two], [one, two]);
        IRemoteGrain remote = one.Grains.GetGrain<IRemoteGrain>(two.KeyHere(RemoteGrain.Name, one, two));
        for (int number = 0; number < 500; number++)
        {
            await remote.Note(number);
        }

        one.Calls.Hub.Want(two.Address);
        for (int number = 500; number < 3_000; number++)
        {
            await remote.Note(number);
        }

        Assert.Equal(Enumerable.Range(0, 3_000), await Guard.Within(remote.Noted(), "the order"));
    }

    [Fact]
    public async Task A_caller_that_cancels_is_heard_by_the_callee()
    {
        await using Pair pair = await Pair.StartAsync();
        using var source = new CancellationTokenSource();
        Task<string> call = pair.Call.WaitForToken("far", source.Token);
        await pair.Two.Probe.Seen("waits far");
        await source.CancelAsync();
        OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Guard.Within(call, "the cancelled call"));
        Assert.Equal(source.Token, cancelled.CancellationToken);
        await pair.Two.Probe.Seen("cancelled far");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_began_does_not_begin()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<string> first = pair.Call.Ordinary("gate");
        await pair.Two.Probe.Seen("gate+");
        using var source = new CancellationTokenSource();
        Task<string> second = pair.Call.WaitForToken("never", source.Token);
        Task<int> marker = pair.Call.Add(1, 2);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Guard.Within(second, "the cancelled call"));
        IRemoteGrain same = pair.One.Grains.GetGrain<IRemoteGrain>(pair.Two.KeyHere(RemoteGrain.Name, pair.One, pair.Two));
        await Guard.Within(same.Where(), "an answer behind the cancellation on the same connection");
        pair.Two.Probe.Open("gate");
        await Guard.Within(Task.WhenAll(first, marker), "the others");
        Assert.False(pair.Two.Probe.Has("waits never"));
    }

    [Fact]
    public async Task A_time_out_reaches_the_callee_too()
    {
        await using Pair pair = await Pair.StartAsync(configure: static silo => silo.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromMilliseconds(300)));
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(pair.Call.WaitForToken("late", CancellationToken.None), "the time-out"));
        await pair.Two.Probe.Seen("cancelled late");
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(pair.Call.Ordinary("closed"), "the time-out"));
    }

    [Fact]
    public async Task A_long_time_out_counts_by_the_callers_clock()
    {
        await using Pair pair = await Pair.StartAsync(virtualTime: true);
        Task<string> call = pair.Call.Ordinary("closed");
        await pair.Two.Probe.Seen("closed+");
        pair.One.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        pair.One.Time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(call, "the time-out"));
    }

    [Fact]
    public async Task Observers_are_called_back_from_another_silo()
    {
        await using Pair pair = await Pair.StartAsync();
        INewsGrain news = pair.One.Grains.GetGrain<INewsGrain>(pair.Two.KeyHere("test.news", pair.One, pair.Two));
        var reader = new Reader();
        INewsReader reference = pair.One.Grains.CreateObjectReference<INewsReader>(reader);
        await Guard.Within(news.Subscribe(reference), "the subscription");
        Assert.Equal(1, await Guard.Within(news.Publish("one"), "a publication"));
        Assert.Equal(["one"], reader.News);
        pair.One.Grains.DeleteObjectReference<INewsReader>(reference);
        await Guard.Until(() => pair.One.Silo.Context(reference) is null, "the observer's end");
        Assert.Equal(0, await Guard.Within(news.Publish("two"), "a publication without readers"));
        GC.KeepAlive(reader);
    }

    [Fact]
    public async Task Context_goes_along()
    {
        await using Pair pair = await Pair.StartAsync();
        RequestContext.Set("who", "the test");
        Assert.Equal("the test", await Guard.Within(pair.Call.ReadContext("who"), "an answer"));
        RequestContext.Clear();
        using var activity = new System.Diagnostics.Activity("test");
        activity.Start();
        string[] trace = (await Guard.Within(pair.Call.Trace(), "an answer")).Split(' ');
        Assert.Equal(activity.TraceId.ToString(), trace[0]);
        Assert.Equal(activity.SpanId.ToString(), trace[1]);
    }

    [Fact]
    public async Task A_lost_connection_fails_what_may_have_been_delivered_and_the_next_call_goes()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<string> call = pair.Call.WaitForToken("lost", CancellationToken.None);
        await pair.Two.Probe.Seen("waits lost");
        pair.Two.Calls.Hub.Drop(pair.One.Address, "the test");
        SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(call, "the lost call"));
        Assert.Contains("may have been delivered", error.Message, StringComparison.Ordinal);
        await pair.Two.Probe.Seen("cancelled lost");
        Assert.Equal(3, await Guard.Within(pair.Call.Add(1, 2), "a call over the new connection"));
    }

    [Fact]
    public async Task No_call_is_lost_or_made_twice_while_connections_come_and_go()
    {
        await using Pair pair = await Pair.StartAsync();
        int failed = 0;
        var random = new Random(11);
        for (int number = 0; number < 2_000; number++)
        {
            Task<int> count = pair.Remote.Count(number).AsTask();
            if (random.Next(200) == 0)
            {
                (random.Next(2) == 0 ? pair.One : pair.Two).Calls.Hub.Drop(random.Next(2) == 0 ? pair.Two.Address : pair.One.Address, "the test");
            }

            try
            {
                await Guard.Within(count, $"call {number}");
            }
            catch (SiloUnavailableException)
            {
                failed++;
            }
        }

        int[] noted = await Guard.Within(pair.Remote.Noted(), "what was called");
        Assert.Equal(noted.Distinct(), noted);
        Assert.Equal(noted.Order(), noted);
        Assert.InRange(noted.Length, 2_000 - failed, 2_000);
    }

    [Fact]
    public async Task Without_a_connection_a_call_fails_in_time_and_says_that_it_was_not_made()
    {
        await using PeerSilo one = await PeerSilo.StartAsync(1, PeerNode.Options with { MaxWaitForPeerMs = 500 });
        await using PeerSilo two = await PeerSilo.StartAsync(2);
        PeerSilo.SetView(1, [one, two], [one, two]);
        IRemoteGrain remote = one.Grains.GetGrain<IRemoteGrain>(two.KeyHere(RemoteGrain.Name, one, two));
        SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(remote.Where(), "the failure"));
        Assert.Contains("was not called", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_wait_for_a_view_to_settle_and_go_where_it_says()
    {
        await using Pair pair = await Pair.StartAsync();
        PeerSilo[] both = [pair.One, pair.Two];
        PeerSilo.SetView(2, [pair.One], both, isSettled: false);
        Task<string> call = pair.Remote.Where();
        Task<string> next = pair.Remote.Where();
        Assert.False(call.IsCompleted);
        PeerSilo.SetView(2, both, [pair.One]);
        Assert.Equal(pair.One.Address.ToString(), await Guard.Within(call, "the first"));
        Assert.Equal(pair.One.Address.ToString(), await Guard.Within(next, "the second"));
    }

    [Fact]
    public async Task A_silo_that_has_not_the_grain_says_so_and_the_caller_catches_up()
    {
        await using Pair pair = await Pair.StartAsync();
        PeerSilo.SetView(2, [pair.Two], [pair.One]);
        Task<string> call = pair.Remote.Where();
        Task<string> ahead = pair.Two.Grains.GetGrain<IRemoteGrain>(pair.Key).Where();
        PeerSilo.SetView(2, [pair.One], [pair.One]);
        Assert.Equal(pair.One.Address.ToString(), await Guard.Within(ahead, "the answer to the silo that was ahead"));
        Assert.Equal(pair.One.Address.ToString(), await Guard.Within(call, "the answer"));
    }

    [Fact]
    public async Task Two_silos_that_send_a_call_to_and_fro_end_it()
    {
        await using Pair pair = await Pair.StartAsync();
        PeerSilo.SetView(1, [pair.Two], [pair.One]);
        SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(pair.Remote.Where(), "the end"));
        Assert.Contains("was not called", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_peer_is_busy_and_recovers()
    {
        await using Pair pair = await Pair.StartAsync(PeerNode.Options with { MaxPendingCalls = 5 });
        List<Task<string>> waiting = [.. Enumerable.Range(0, 5).Select(_ => pair.Call.Ordinary("full"))];
        await Assert.ThrowsAsync<LimitExceededException>(() => Guard.Within(pair.Call.Add(1, 2), "the refusal"));
        pair.Two.Probe.Open("full");
        await Guard.Within(Task.WhenAll(waiting), "the others");
        Assert.Equal(3, await Guard.Within(pair.Call.Add(1, 2), "an answer"));
    }

    [Fact]
    public async Task A_peer_with_too_many_calls_here_is_answered_busy()
    {
        await using PeerSilo one = await PeerSilo.StartAsync(1);
        await using PeerSilo two = await PeerSilo.StartAsync(2, PeerNode.Options with { MaxReceivedCalls = 5 });
        await PeerSilo.JoinAsync(one, two);
        ICallGrain call = one.Grains.GetGrain<ICallGrain>(two.KeyHere(CallType, one, two));
        List<Task<string>> waiting = [.. Enumerable.Range(0, 5).Select(_ => call.Ordinary("full"))];
        await Assert.ThrowsAsync<LimitExceededException>(() => Guard.Within(call.Add(1, 2), "the refusal"));
        two.Probe.Open("full");
        await Guard.Within(Task.WhenAll(waiting), "the others");
        Assert.Equal(3, await Guard.Within(call.Add(1, 2), "an answer"));
    }

    [Fact]
    public async Task Rubbish_in_a_call_closes_the_connection_and_others_go_on()
    {
        await using PeerSilo one = await PeerSilo.StartAsync(1);
        await using PeerSilo two = await PeerSilo.StartAsync(2);
        await using PeerSilo three = await PeerSilo.StartAsync(3);
        PeerSilo[] all = [one, two, three];
        await PeerSilo.JoinAsync(all);
        Task<string> undisturbed = three.Grains.GetGrain<ICallGrain>(one.KeyHere(CallType, all)).Ordinary("open");
        await one.Probe.Seen("open+");
        var random = new Random(5);
        var reasons = new List<string>();
        for (int round = 1; round <= 10; round++)
        {
            PeerConnection? connection = null;
            await Guard.Until(() => two.Calls.Hub.TryGet(one.Address, out connection) && connection.IsCurrent, "a connection");
            var rubbish = new byte[random.Next(1, 200)];
            random.NextBytes(rubbish);
            rubbish[0] = 0;
            connection!.TrySend(new OutboundMessage(FrameKind.Request, Body(rubbish)));
            await Guard.Until(() => connection.CloseReason is not null, $"the end of the connection in round {round}");
            reasons.Add(connection.CloseReason!);
        }

        one.Probe.Open("open");
        Assert.Equal("open", await Guard.Within(undisturbed, "the other silo's call"));
        Assert.Equal(0, three.Events.Told.Count("lost 1"));
        Assert.Contains(reasons, static reason => reason.Contains("is rubbish", StringComparison.Ordinal));
    }

    private static FrameBuffer Body(byte[] bytes)
    {
        var buffer = new FrameBuffer(bytes.Length);
        System.Buffers.BuffersExtensions.Write(buffer, bytes);
        return buffer;
    }

    private sealed class Reader : INewsReader
    {
        private readonly List<string> _news = [];

        public IReadOnlyList<string> News
        {
            get
            {
                lock (_news)
                {
                    return [.. _news];
                }
            }
        }

        public Task Read(string news)
        {
            lock (_news)
            {
                _news.Add(news);
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>Two silos, and grains on the second as the first calls them.</summary>
    private sealed class Pair(PeerSilo one, PeerSilo two) : IAsyncDisposable
    {
        public PeerSilo One => one;

        public PeerSilo Two => two;

        public string Key { get; } = two.KeyHere(RemoteGrain.Name, one, two);

        public IRemoteGrain Remote => field ??= one.Grains.GetGrain<IRemoteGrain>(Key);

        public ICallGrain Call => field ??= one.Grains.GetGrain<ICallGrain>(two.KeyHere(CallType, one, two));

        public static async Task<Pair> StartAsync(PeeringOptions? options = null, Action<ISiloBuilder>? configure = null, bool virtualTime = false)
        {
            var pair = new Pair(await PeerSilo.StartAsync(1, options, configure, virtualTime), await PeerSilo.StartAsync(2, options, configure, virtualTime));
            await PeerSilo.JoinAsync(pair.One, pair.Two);
            return pair;
        }

        public async ValueTask DisposeAsync()
        {
            await one.DisposeAsync();
            await two.DisposeAsync();
        }
    }
}
