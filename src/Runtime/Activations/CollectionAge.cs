using System.Reflection;
using Orleans;
using Orleans.Configuration;

namespace Actors.Runtime.Activations;

/// <summary>How long activations of a class may be idle.</summary>
internal static class CollectionAge
{
    /// <summary>In milliseconds; the largest number: for ever. Attributes come first, then the options by class, then the default.</summary>
    public static long Of(Type type, GrainCollectionOptions options)
    {
        if (type.IsDefined(typeof(KeepAliveAttribute), inherit: true))
        {
            return long.MaxValue;
        }

        TimeSpan age = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit
            ?? (options.ClassSpecificCollectionAge.TryGetValue(type.FullName!, out TimeSpan specific) ? specific : options.CollectionAge);
        return age == Timeout.InfiniteTimeSpan ? long.MaxValue : (long)age.TotalMilliseconds;
    }
}
