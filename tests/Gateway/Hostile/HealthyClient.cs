using System.Diagnostics;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>A client that goes on producing and reading back beside an attack, and remembers how long each round took.</summary>
internal sealed class HealthyClient
{
    private const int LeastRounds = 20;

    /// <summary>So many times what a round takes in peace, and this long on top, is what an attack may make of it.</summary>
    private const int AllowedFactor = 20;

    private static readonly TimeSpan AllowedMore = TimeSpan.FromMilliseconds(500);

    private readonly KafkaConnection _connection;
    private readonly string _topic;
    private readonly List<TimeSpan> _rounds = [];
    private TimeSpan _calmMedian;
    private Task _working = Task.CompletedTask;
    private int _attackedFrom;
    private volatile bool _isEnding;

    private HealthyClient(KafkaConnection connection, string topic) => (_connection, _topic) = (connection, topic);

    /// <summary>Works in peace for a while, for a comparison, and then beside whatever comes.</summary>
    public static async Task<HealthyClient> StartAsync(GatewayRig rig, string topic)
    {
        var client = new HealthyClient(await rig.ConnectAsync("healthy"), topic);
        for (var round = 0; round < LeastRounds; round++)
            await client.WorkAsync();
        client._calmMedian = Median(client._rounds);
        client._rounds.Clear();
        client._working = Task.Run(client.WorkUntilEndAsync);
        return client;
    }

    /// <summary>
    /// Ends the work after enough rounds from now on, when the attack is what it is to be, and fails when anything went wrong or
    /// took longer than a client would notice.
    /// </summary>
    public async Task AssertUnharmedAsync()
    {
        _isEnding = true;
        await _working.WaitAsync(TestGuard.Limit);
        var (median, longest) = (Median(_rounds[_attackedFrom..]), _rounds.Max());
        Assert.True(
            median <= (_calmMedian * AllowedFactor) + AllowedMore && longest < TimeSpan.FromSeconds(15),
            $"{_rounds.Count} rounds took {longest} at most, and the last {LeastRounds} took {median} in the middle; in peace it is {_calmMedian} in the middle");
    }

    private static TimeSpan Median(List<TimeSpan> rounds) => rounds.Order().ElementAt(rounds.Count / 2);

    private async Task WorkUntilEndAsync()
    {
        await using var ending = _connection;
        while (!_isEnding)
            await WorkAsync();
        _attackedFrom = _rounds.Count;
        for (var round = 0; round < LeastRounds; round++)
            await WorkAsync();
    }

    private async Task WorkAsync()
    {
        var since = Stopwatch.GetTimestamp();
        var produced = await _connection.ProduceAsync(_topic, TestBatch.Of(1));
        Assert.Equal(ErrorCode.None, produced.ErrorCode);
        var fetched = (await _connection.FetchAsync(Requests.Fetch(_topic, produced.BaseOffset))).Only();
        Assert.Equal((ErrorCode.None, produced.BaseOffset), (fetched.ErrorCode, fetched.Batches()[0].BaseOffset));
        _rounds.Add(Stopwatch.GetElapsedTime(since));
    }
}
