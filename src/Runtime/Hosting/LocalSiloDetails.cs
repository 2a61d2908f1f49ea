using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Hosting;

/// <summary>Who this silo is, from its options; the generation is the second in which it was made.</summary>
internal sealed class LocalSiloDetails : ILocalSiloDetails
{
    private static readonly DateTimeOffset Epoch = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public LocalSiloDetails(IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoint, TimeProvider time)
    {
        int generation = (int)(time.GetUtcNow() - Epoch).TotalSeconds;
        SiloAddress = SiloAddress.New(endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort, generation);
        GatewayAddress = SiloAddress.New(endpoint.Value.AdvertisedIPAddress, endpoint.Value.GatewayPort, generation);
        DnsHostName = Environment.MachineName;
        Name = string.IsNullOrEmpty(silo.Value.SiloName) ? $"Silo_{DnsHostName}_{Environment.ProcessId}" : silo.Value.SiloName;
        ClusterId = cluster.Value.ClusterId;
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; }

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress { get; }
}
