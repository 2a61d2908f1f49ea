using Actors.Runtime.Serialization;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>All messages of the runtime itself and of this assembly's samples.</summary>
public sealed class EveryMessageRoundTrips
{
    [Fact]
    public void Of_the_samples() =>
        Prop.ForAll<int>(static seed => new EveryMessage(typeof(EveryMessageRoundTrips).Assembly, seed).RoundTrips(valuesPerType: 1) > 0)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Of_the_runtime()
    {
        var messages = new EveryMessage(typeof(WireSerializer).Assembly, seed: 3);
        Assert.Contains(typeof(RemoteException), messages.Types);
        Assert.True(messages.RoundTrips(valuesPerType: 50) > 0);
    }
}
