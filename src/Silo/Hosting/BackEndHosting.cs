using Actors.Silo.Options;
using Actors.Silo.Rest;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.BackEnds.Linstor;
using Actors.Storage.BackEnds.Linstor.Mesh;
using Actors.Storage.BackEnds.Mayastor;
using Actors.Storage.BackEnds.Mesh;
using Actors.Storage.BackEnds.Qemu;
using Actors.Storage.Load;

namespace Actors.Silo.Hosting;

/// <summary>Registers the back end that the options choose.</summary>
internal static class BackEndHosting
{
    /// <summary>Adds it; nothing where none is chosen.</summary>
    public static IServiceCollection AddBackEnd(this IServiceCollection services, BoundOptions options)
    {
        var storage = options.Get<StorageOptions>();
        return storage.BackEnd switch
        {
            StorageOptions.FilesBackEndName => services.AddSingleton<IVolumeBackEnd>(provider => new FilesBackEnd(storage.ToFiles()!, Time(provider), provider.GetRequiredService<DiskActivity>())),
            StorageOptions.QemuBackEndName => services.AddSingleton<IVolumeBackEnd>(provider => new QemuBackEnd(options.Get<QemuSettings>().ToOptions(), Time(provider))),
            StorageOptions.MayastorBackEndName => AddMayastor(services, options.Get<MayastorSettings>()),
            StorageOptions.LinstorBackEndName => AddLinstor(services, options.Get<LinstorSettings>()),
            _ => services,
        };
    }

    private static IServiceCollection AddMayastor(IServiceCollection services, MayastorSettings settings) => services
        .AddSingleton(_ => new RestConnection(new RestService("Mayastor", settings.TokenFile, settings.AuthorityFile)))
        .AddSingleton<IVolumeBackEnd>(provider => new MayastorBackEnd(Http(provider), settings.ToOptions(), Time(provider)));

    private static IServiceCollection AddLinstor(IServiceCollection services, LinstorSettings settings) => services
        .AddSingleton(_ => new RestConnection(new RestService("LINSTOR", settings.TokenFile, settings.AuthorityFile, settings.CertificateFile, settings.KeyFile)))
        .AddSingleton<IStorageMesh>(provider => new LinstorMesh(Http(provider), settings.ToOptions(), Time(provider)))
        .AddSingleton<IVolumeBackEnd>(provider => new LinstorBackEnd(Http(provider), settings.ToOptions(), Time(provider)));

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static HttpClient Http(IServiceProvider provider) => provider.GetRequiredService<RestConnection>().Http;
}
