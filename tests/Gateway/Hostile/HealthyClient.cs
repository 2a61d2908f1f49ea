using System.Diagnostics;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>A client that goes on producing and reading back beside an attack, and remembers the longest that it had to wait.</summary>
internal sealed class HealthyClient
{
    private readonly Task _working;
    private volatile bool _isEnding;
    private TimeSpan _longest;
    private int _rounds;

    public HealthyClient(GatewayRig rig, string topic) => _working = Task.Run(() => WorkAsync(rig, topic));

    /// <summary>Ends the work, and fails when anything went wrong or took longer than a client would notice.</summary>
    public async Task AssertUnharmedAsync()
    {
        _isEnding = true;
        await _working.WaitAsync(TestGuard.Limit);
        Assert.True(_rounds > 0, "it has done nothing");
        Assert.True(_longest < TimeSpan.FromSeconds(15), $"one of {_rounds} rounds took {_longest}");
    }

    private async Task WorkAsync(GatewayRig rig, string topic)
    {
        await using var connection = await rig.ConnectAsync("healthy");
        do
        {
            var since = Stopwatch.GetTimestamp();
            var produced = await connection.ProduceAsync(topic, TestBatch.Of(1));
            Assert.Equal(ErrorCode.None, produced.ErrorCode);
            var fetched = (await connection.FetchAsync(Requests.Fetch(topic, produced.BaseOffset))).Only();
            Assert.Equal((ErrorCode.None, produced.BaseOffset), (fetched.ErrorCode, fetched.Batches()[0].BaseOffset));
            var took = Stopwatch.GetElapsedTime(since);
            _longest = took > _longest ? took : _longest;
            _rounds++;
        }
        while (!_isEnding);
    }
}
