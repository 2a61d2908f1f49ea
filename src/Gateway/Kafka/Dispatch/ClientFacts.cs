using System.Net;

namespace Actors.Gateway.Kafka;

/// <summary>What the silo knows of the other end of a connection.</summary>
/// <param name="ConnectionId">Unique in this process.</param>
/// <param name="Remote">Where it comes from.</param>
public sealed record ClientFacts(string ConnectionId, EndPoint? Remote)
{
    /// <summary>The address without its port, as group descriptions show it: <c>/127.0.0.1</c>.</summary>
    public string Host => Remote is IPEndPoint end ? $"/{end.Address}" : "/unknown";
}
