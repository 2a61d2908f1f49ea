using Microsoft.Extensions.Hosting;

namespace Orleans.TestingHost;

/// <summary>Configures the hosts of a test cluster's silos. Has a parameterless constructor.</summary>
public interface IHostConfigurator
{
    void Configure(IHostBuilder hostBuilder);
}
