using Microsoft.Extensions.Configuration;

namespace Orleans.TestingHost;

/// <summary>Describes a cluster for tests and makes it.</summary>
public class TestClusterBuilder
{
    private readonly List<Action<IConfigurationBuilder>> _configuration = [];
    private static int _clusters;

    public TestClusterBuilder()
        : this(1)
    {
    }

    /// <exception cref="ArgumentOutOfRangeException">Fewer than one silo.</exception>
    public TestClusterBuilder(short initialSilosCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initialSilosCount, (short)1);
        Options = new TestClusterOptions { InitialSilosCount = initialSilosCount, ClusterId = CreateClusterId() };
    }

    public TestClusterOptions Options { get; }

    /// <summary>Values of the silos' configuration.</summary>
    public Dictionary<string, string?> Properties { get; } = [];

    public static string CreateClusterId() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"testcluster-{Environment.ProcessId}-{Interlocked.Increment(ref _clusters)}");

    /// <summary>Has a class configure every silo: an <see cref="ISiloConfigurator"/> or an <see cref="IHostConfigurator"/>.</summary>
    public TestClusterBuilder AddSiloBuilderConfigurator<T>()
        where T : new()
    {
        if (!typeof(ISiloConfigurator).IsAssignableFrom(typeof(T)) && !typeof(IHostConfigurator).IsAssignableFrom(typeof(T)))
        {
            throw new ArgumentException($"{typeof(T).FullName} implements neither {nameof(ISiloConfigurator)} nor {nameof(IHostConfigurator)}.");
        }

        Options.SiloBuilderConfiguratorTypes.Add(typeof(T).AssemblyQualifiedName);
        return this;
    }

    public TestClusterBuilder ConfigureHostConfiguration(Action<IConfigurationBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(configureDelegate);
        _configuration.Add(configureDelegate);
        return this;
    }

    /// <summary>Makes the cluster; nothing runs before it is deployed.</summary>
    public TestCluster Build()
    {
        var configuration = new ConfigurationBuilder();
        configuration.AddInMemoryCollection(Properties);
        foreach (Action<IConfigurationBuilder> configure in _configuration)
        {
            configure(configuration);
        }

        return new TestCluster(Options, configuration.Build());
    }
}
