"""Special checkers, one short file each, counted apart from the core: spectra, first integrals, numbers by balls."""
