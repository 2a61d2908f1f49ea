namespace Actors.Kafka.Tests.Fuzz;

/// <summary>What the bytes of an input are taken for.</summary>
internal enum FuzzTarget
{
    /// <summary>A request with its header: what a broker's port receives.</summary>
    RequestFrame,

    /// <summary>A message in a known version: what a client, or a reader of internal topics, receives.</summary>
    Message,
}
