using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Actors.Silo.Flavour.Secret;

/// <summary>Has silos prove to each other that they have the cluster's secret.</summary>
internal static class SecretSiloBuilderExtensions
{
    public static ISiloBuilder UseSecret(this ISiloBuilder builder, string secret)
    {
        builder.Services.AddSingleton<IConfigureOptions<SiloConnectionOptions>>(services =>
        {
            var gate = new SecretGate(secret, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SecretGate>>());
            return new ConfigureOptions<SiloConnectionOptions>(options =>
            {
                options.ConfigureSiloOutboundConnection(connection => connection.Use(gate.Dial));
                options.ConfigureSiloInboundConnection(connection => connection.Use(gate.Listen));
            });
        });
        return builder;
    }
}
