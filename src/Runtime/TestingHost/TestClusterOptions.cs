using Orleans.Configuration;

namespace Orleans.TestingHost;

/// <summary>What a test cluster consists of.</summary>
public class TestClusterOptions
{
    public string ClusterId { get; set; } = ClusterOptions.DefaultClusterId;

    public string ServiceId { get; set; } = ClusterOptions.DefaultServiceId;

    /// <summary>How many silos start.</summary>
    public short InitialSilosCount { get; set; } = 1;

    /// <summary>The port of the first silo.</summary>
    public int BaseSiloPort { get; set; } = EndpointOptions.DEFAULT_SILO_PORT;

    public int BaseGatewayPort { get; set; } = EndpointOptions.DEFAULT_GATEWAY_PORT;

    /// <summary>The assembly-qualified names of the classes that configure silos.</summary>
    public List<string?> SiloBuilderConfiguratorTypes { get; } = [];
}
