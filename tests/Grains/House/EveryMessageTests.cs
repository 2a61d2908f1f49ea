using Actors.Runtime.Tests.Serialization;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.House;

/// <summary>Everything that grains say to each other survives the way between processes, also between builds of different age.</summary>
public sealed class EveryMessageTests
{
    [Fact]
    public void Every_message_and_request_comes_back_whole_and_passes_over_unknown_fields() =>
        Prop.ForAll<int>(static seed => new EveryMessage(typeof(BrokerStartup).Assembly, seed).RoundTrips(valuesPerType: 1) > 0)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10));
}
