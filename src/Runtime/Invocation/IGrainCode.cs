namespace Actors.Runtime.Invocation;

/// <summary>Tells the runtime what an assembly brings: its grain interfaces, grain classes and codecs. Generated.</summary>
public interface IGrainCode
{
    /// <summary>Adds everything to <paramref name="builder"/>; called once.</summary>
    void Register(GrainCodeBuilder builder);
}
