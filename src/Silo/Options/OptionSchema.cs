using System.Diagnostics.CodeAnalysis;

namespace Actors.Silo.Options;

/// <summary>All options that exist: one record type per section, each property one option.</summary>
public sealed class OptionSchema
{
    private readonly Dictionary<string, OptionDefinition> _byKey = new(StringComparer.OrdinalIgnoreCase);

    private OptionSchema(IReadOnlyDictionary<string, Type> sections, IReadOnlyCollection<string> hostSections)
    {
        Sections = sections;
        HostSections = hostSections;
        foreach (var (section, type) in sections)
        {
            var defaults = Activator.CreateInstance(type)!;
            foreach (var property in type.GetProperties())
            {
                if (!property.CanWrite) continue;
                var definition = new OptionDefinition(section, property, defaults);
                _byKey.Add(definition.Key, definition);
            }
        }
    }

    /// <summary>The record type of each section.</summary>
    public IReadOnlyDictionary<string, Type> Sections { get; }

    /// <summary>Sections that belong to .NET's own components and are not judged here.</summary>
    public IReadOnlyCollection<string> HostSections { get; }

    /// <summary>Every option, section by section in the order of declaration.</summary>
    public IReadOnlyCollection<OptionDefinition> Options => _byKey.Values;

    /// <summary>The first parts of all paths, ours and the host's.</summary>
    public IReadOnlyCollection<string> SectionNames => [.. Sections.Keys, .. HostSections];

    /// <summary>Describes the options of some records.</summary>
    /// <param name="hostSections">Sections that are passed over.</param>
    /// <param name="sections">Name and record type of each section; the type has a constructor without parameters.</param>
    public static OptionSchema Of(IReadOnlyCollection<string> hostSections, params ReadOnlySpan<(string Name, Type Type)> sections)
    {
        Dictionary<string, Type> types = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, type) in sections) types.Add(name, type);
        return new(types, hostSections);
    }

    /// <summary>Finds an option by its path; letter case does not matter.</summary>
    public bool TryFind(string key, [NotNullWhen(true)] out OptionDefinition? option) => _byKey.TryGetValue(key, out option);

    /// <summary>Whether a path belongs to .NET's own components.</summary>
    public bool IsHostKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && HostSections.Contains(key[..colon], StringComparer.OrdinalIgnoreCase);
    }
}
