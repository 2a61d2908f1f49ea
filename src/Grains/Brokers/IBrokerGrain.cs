using System.Globalization;
using Orleans;

namespace Actors.Grains;

/// <summary>What silos ask each other about the front ends for Kafka clients.</summary>
[Alias("actors.broker")]
public interface IBrokerGrain : IGrainWithStringKey
{
    /// <summary>Where clients reach the node; it is the same as long as the node's process runs.</summary>
    [Alias("describe")]
    Task<Broker> Describe();

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"broker@{nodeId}");
}
