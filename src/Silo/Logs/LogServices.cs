using Actors.Log;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Logs;

/// <summary>Registers the silo's log.</summary>
public static class LogServices
{
    /// <summary>Adds the log store; it is opened, and recovered, when the silo starts.</summary>
    public static IServiceCollection AddSiloLog(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new LogMetrics(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.AddSingleton(static provider => provider.GetRequiredService<SiloConfiguration>().Bound.Get<LogSettings>().Files);
        services.AddSingleton(static provider =>
        {
            var directory = provider.GetRequiredService<DataDirectory>();
            var options = provider.GetRequiredService<SiloConfiguration>().Bound.Get<LogSettings>().For(directory.LogPath, directory.WalPath);
            return LogStore.Open(
                options,
                provider.GetRequiredService<IFileSystem>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<LogMetrics>(),
                provider.GetRequiredService<ILoggerFactory>());
        });
        services.AddSingleton<LogHealth>();
        services.AddSingleton<IHealthSource>(static provider => provider.GetRequiredService<LogHealth>());
        return services.AddHostedService<LogOpener>();
    }
}
